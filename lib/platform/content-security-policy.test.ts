import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { hashOf, inlineScriptHashes, policyWithHashes, policyWithNonce } from "@/lib/platform/content-security-policy";
import { readPrerendered } from "@/lib/platform/prerendered";

const folders: string[] = [];
afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

const scriptSources = (policy: string): string[] => policy.split("; ").find((part) => part.startsWith("script-src "))?.split(" ").slice(1) ?? [];

test("a hash is over the script's exact text", () => {
  expect(hashOf("alert(1)")).toBe(`'sha256-${createHash("sha256").update("alert(1)").digest("base64")}'`);
  expect(hashOf("alert(1) ")).not.toBe(hashOf("alert(1)"));
});

test("every inline script of a page is named once, scripts with an address are not", () => {
  const html = `<script>one()</script><script src="/a.js" async=""></script><script id="x">two("<b>")\n</script><script>one()</script>`;
  expect(inlineScriptHashes(html)).toEqual([hashOf("one()"), hashOf(`two("<b>")\n`)]);
});

test("no page may run inline scripts that it does not name", () => {
  for (const policy of [policyWithNonce("abc", { isDevelopment: false, hashes: [hashOf("x")] }), policyWithHashes([hashOf("x")])]) {
    expect(scriptSources(policy)).not.toContain("'unsafe-inline'");
    expect(scriptSources(policy)).not.toContain("'unsafe-eval'");
    expect(scriptSources(policy)).toContain(hashOf("x"));
    expect(policy).toContain("object-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("script-src-attr 'none'");
    expect(policy).not.toMatch(/https?:/);
  }
});

test("a made page trusts by nonce, a built page by hash alone", () => {
  expect(scriptSources(policyWithNonce("abc", { isDevelopment: false, hashes: [] }))).toEqual(["'self'", "'nonce-abc'", "'strict-dynamic'", "'wasm-unsafe-eval'"]);
  expect(policyWithHashes([hashOf("x")])).not.toContain("nonce");
});

test("built pages are found with their scripts; what has no page has no policy", async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "built-"));
  folders.push(folder);
  await mkdir(path.join(folder, "server", "app"), { recursive: true });
  await writeFile(path.join(folder, "prerender-manifest.json"), JSON.stringify({ routes: { "/": {}, "/privacy": { routeType: "page" }, "/icon.svg": {} } }));
  await writeFile(path.join(folder, "server", "app", "index.html"), "<script>home()</script>");
  await writeFile(path.join(folder, "server", "app", "privacy.html"), "<script>privacy()</script>");
  expect([...await readPrerendered(folder)]).toEqual([["/", [hashOf("home()")]], ["/privacy", [hashOf("privacy()")]]]);
  expect((await readPrerendered(path.join(folder, "nowhere"))).size).toBe(0);
});
