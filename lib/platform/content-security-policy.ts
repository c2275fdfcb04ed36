import { createHash } from "node:crypto";

export type PolicyOptions = {
  /** Next's development server reloads by evaluation and over a socket. */
  isDevelopment: boolean;
  /** Sources of inline scripts that every page has, as `hashOf` gives them. */
  hashes: readonly string[];
};

const scriptTag = /<script(?<attributes>[^>]*)>(?<text>[\s\S]*?)<\/script>/g;

/** The source expression of an inline script: 'sha256-…' over its exact text (CSP level 3, section 6.7.3). */
export function hashOf(script: string): string {
  return `'sha256-${createHash("sha256").update(script, "utf8").digest("base64")}'`;
}

/** The hashes of every inline script of a page, each once. */
export function inlineScriptHashes(html: string): string[] {
  const inline = [...html.matchAll(scriptTag)].filter(({ groups }) => !/\ssrc=/.test(groups?.["attributes"] ?? ""));
  return [...new Set(inline.map(({ groups }) => hashOf(groups?.["text"] ?? "")))];
}

function policyOf(scriptSources: readonly string[], isDevelopment: boolean): string {
  return [
    "default-src 'self'",
    // The encryption library compiles WebAssembly.
    `script-src ${["'self'", ...scriptSources, "'wasm-unsafe-eval'", ...(isDevelopment ? ["'unsafe-eval'"] : [])].join(" ")}`,
    "script-src-attr 'none'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "worker-src 'self' blob:",
    `connect-src 'self'${isDevelopment ? " ws:" : ""}`,
    "manifest-src 'self'",
    "object-src 'none'",
    "frame-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** The policy of a page that is made for one request: scripts carry this request's nonce, or were loaded by one that does. */
export function policyWithNonce(nonce: string, { isDevelopment, hashes }: PolicyOptions): string {
  return policyOf([`'nonce-${nonce}'`, "'strict-dynamic'", ...hashes], isDevelopment);
}

/** The policy of a page that was made when the site was built: its inline scripts by their hashes, files from this site alone. */
export function policyWithHashes(hashes: readonly string[]): string {
  return policyOf(hashes, false);
}
