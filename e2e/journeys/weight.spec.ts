import { expect, test } from "@/e2e/fixtures/journey";
import { firstLoadScripts } from "@/e2e/measure/page-weight";

const gzippedMax = 300_000;

test("no page's first load has more than 300 kB of gzipped script before the map", async ({ baseURL }) => {
  for (const path of ["/", "/regions", "/regions/loop-pilot", "/regions/chicago-central", "/privacy", "/status"]) {
    const scripts = await firstLoadScripts(baseURL ?? "", path);
    const sum = scripts.reduce((total, { gzipped }) => total + gzipped, 0);
    expect(sum, `${path}: ${scripts.map(({ url, gzipped }) => `${url} ${gzipped}`).join(", ")}`).toBeLessThan(gzippedMax);
    expect(sum, path).toBeGreaterThan(50_000);
  }
});
