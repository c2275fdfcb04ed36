import { expect, test } from "@/e2e/fixtures/journey";
import type { APIRequestContext } from "@playwright/test";
import { hashOf } from "@/lib/platform/content-security-policy";

const madePages = ["/", "/regions", "/regions/loop-pilot", "/regions/chicago-central", "/status", "/nowhere"] as const;
const builtPages = ["/privacy"] as const;
const scriptTag = /<script(?<attributes>[^>]*)>(?<text>[\s\S]*?)<\/script>/g;

async function read(request: APIRequestContext, path: string) {
  const response = await request.get(path);
  const policy = response.headers()["content-security-policy"] ?? "";
  const sources = policy.split("; ").find((part) => part.startsWith("script-src "))?.split(" ").slice(1) ?? [];
  return { headers: response.headers(), policy, sources, html: await response.text() };
}

test("every page is isolated, is framed by nobody, and loads nothing from elsewhere", async ({ request }) => {
  for (const path of [...madePages, ...builtPages]) {
    const { headers, policy } = await read(request, path);
    expect(headers, path).toMatchObject({
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
      "cross-origin-resource-policy": "same-origin",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "strict-origin-when-cross-origin",
    });
    expect(headers["permissions-policy"], path).toContain("geolocation=()");
    expect(headers["x-powered-by"], path).toBeUndefined();
    for (const part of ["default-src 'self'", "object-src 'none'", "base-uri 'self'", "form-action 'self'", "frame-ancestors 'none'", "connect-src 'self'", "script-src-attr 'none'"]) {
      expect(policy.split("; "), path).toContain(part);
    }
    expect(policy.split("; ").find((part) => part.startsWith("script-src ")), path).not.toMatch(/unsafe-inline|unsafe-eval'? |https?:|\*/);
  }
});

test("a page that is made for a request has a nonce of its own, which all its scripts carry", async ({ request }) => {
  for (const path of madePages) {
    const [one, other] = [await read(request, path), await read(request, path)];
    const nonce = one.sources.find((source) => source.startsWith("'nonce-"));
    expect(nonce, path).toBeDefined();
    expect(other.sources, path).not.toContain(nonce);
    for (const { groups } of one.html.matchAll(scriptTag)) {
      const carries = `'nonce-${/ nonce="([^"]+)"/.exec(groups?.["attributes"] ?? "")?.[1] ?? ""}'` === nonce;
      expect(carries || one.sources.includes(hashOf(groups?.["text"] ?? "")), `${path}: ${groups?.["attributes"]}${groups?.["text"]?.slice(0, 80)}`).toBe(true);
    }
  }
});

test("a page that was made at build time names each of its inline scripts by its hash, and trusts no nonce", async ({ request }) => {
  for (const path of builtPages) {
    const { sources, html } = await read(request, path);
    expect(sources.some((source) => source.startsWith("'nonce-")), path).toBe(false);
    const inline = [...html.matchAll(scriptTag)].filter(({ groups }) => !/ src=/.test(groups?.["attributes"] ?? ""));
    expect(inline.length, path).toBeGreaterThan(0);
    for (const { groups } of inline) expect(sources, path).toContain(hashOf(groups?.["text"] ?? ""));
  }
});

test("an inline script or handler that nobody named does not run", async ({ page, watch }) => {
  for (const path of ["/regions", "/privacy"]) {
    await page.goto(path);
    const ran = await page.evaluate(() => {
      const link = document.createElement("a");
      link.setAttribute("onclick", "window.__ran = true");
      document.body.append(link);
      link.click();
      return "__ran" in window;
    });
    expect(ran, path).toBe(false);
  }
  // Where scripts are named by hash, none that a trusted script adds may run either.
  const ran = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.__ran = true";
    document.body.append(script);
    return "__ran" in window;
  });
  expect(ran).toBe(false);
  // The browser reports each refusal; there are no others.
  const refusals = watch.faults.filter((fault) => /Content Security Policy/.test(fault));
  expect(refusals).toHaveLength(3);
  watch.faults = watch.faults.filter((fault) => !refusals.includes(fault));
});
