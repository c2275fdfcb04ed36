/**
 * Who may import what: everything that is not named here is refused.
 * `may` are paths from the root; `packages` are the guarded packages that the folder may use besides unguarded ones.
 */

const roles = (domain, ...names) => names.map((name) => `@/lib/${domain}/${name}`);
const rules = (domain) => roles(domain, "model", "model/**", "schema", "errors");
const core = (domain) => [...rules(domain), ...roles(domain, "data", "data/**", "mutations", "mutations/**")];
const own = (domain) => [`@/lib/${domain}/**`];
const kernel = own("kernel");
const platform = own("platform");
/** Chain and encryption are reached through their gateways: those are what the two domains are for. */
const chain = [...core("chain"), ...roles("chain", "gateway", "gateway/**", "abi/**")];
const fhe = [...core("fhe"), ...roles("fhe", "gateway", "gateway/**", "fhe.worker")];

/** Packages with one keeper. */
export const guardedPackages = {
  ethers: ["ethers", "ethers/**"],
  relayerSdk: ["@zama-fhe/**"],
  map: ["maplibre-gl", "maplibre-gl/**", "@deck.gl/**"],
  mapArchive: ["pmtiles"],
  prisma: ["@prisma/**", "@/lib/platform/generated/**"],
};

export const folders = {
  "lib/kernel": { may: kernel, packages: [] },
  "lib/platform": { may: [...kernel, ...platform], packages: ["prisma"] },
  "lib/geo": { may: [...kernel, ...own("geo")], packages: [] },
  "lib/privacy": { may: [...kernel, ...rules("geo"), ...own("privacy")], packages: [] },
  "lib/chain": { may: [...kernel, ...platform, ...rules("geo"), ...own("chain")], packages: ["ethers"] },
  "lib/fhe": { may: [...kernel, ...platform, ...roles("chain", "model/**", "gateway/rpc", "gateway/signer"), ...own("fhe")], packages: ["relayerSdk"] },
  "lib/catalog": { may: [...kernel, ...platform, ...rules("geo"), ...rules("chain"), ...own("catalog")], packages: ["prisma"] },
  "lib/ingest": { may: [...kernel, ...platform, ...rules("geo"), ...rules("privacy"), ...chain, ...fhe, ...rules("delivery"), ...own("ingest")], packages: [] },
  "lib/delivery": { may: [...kernel, ...platform, ...chain, ...core("ingest"), ...rules("orders"), ...rules("releases"), ...own("delivery"), "@/components/**"], packages: [] },
  "lib/orders": { may: [...kernel, ...platform, ...rules("geo"), ...core("catalog"), ...chain, ...fhe, ...rules("releases"), ...own("orders")], packages: [] },
  "lib/releases": {
    may: [...kernel, ...platform, ...rules("geo"), ...rules("privacy"), ...core("catalog"), ...chain, ...fhe, ...core("orders"), ...roles("orders", "gateway"), ...own("releases"), "@/lib/map/ui/**", "@/lib/map/model/**", "@/components/**"],
    packages: [],
  },
  "lib/map": { may: [...kernel, ...rules("geo"), ...rules("privacy"), ...own("map"), "@/components/**"], packages: ["map", "mapArchive"] },
  components: { may: [...kernel, "@/components/**"], packages: [] },
  app: { may: ["@/lib/**", "@/components/**", "@/app/**"], packages: [] },
  prisma: { may: ["@/prisma/**", ...kernel, ...platform], packages: ["prisma"] },
  scripts: { may: ["@/lib/**", "@/scripts/**", "@/local/**"], packages: [] },
  local: { may: ["@/lib/**", "@/local/**"], packages: ["ethers", "prisma", "mapArchive"] },
  e2e: { may: ["@/lib/**", "@/local/**", "@/e2e/**"], packages: ["map", "mapArchive", "ethers", "relayerSdk"] },
};

const gatekeeping = "is outside what this folder may import (scripts/lint/import-directions.mjs)";

/** `X/**` is everything below X, `X` alone is exactly X. */
function alternative(path) {
  const escaped = path.replace("@/", "").replace("/**", "/").replace(/[.[\]()]/g, "\\$&");
  return path.endsWith("/**") ? escaped : `${escaped}$`;
}

/** The `no-restricted-imports` options of one folder: default deny. */
export function restrictionsOf(folder) {
  const { may, packages } = folders[folder];
  const guarded = Object.entries(guardedPackages)
    .filter(([name]) => !packages.includes(name))
    .flatMap(([, patterns]) => patterns);
  return {
    patterns: [
      { regex: `^@/(?!${may.map(alternative).join("|")})`, message: gatekeeping },
      { regex: "^\\.\\.(/|$)", message: "use the @/ path, so that import directions can be checked" },
      ...(guarded.length === 0 ? [] : [{ group: guarded, message: gatekeeping }]),
    ],
  };
}
