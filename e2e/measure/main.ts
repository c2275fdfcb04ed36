import { chromium } from "@playwright/test";
import setup from "@/e2e/global-setup";
import { firstLoadScripts } from "@/e2e/measure/page-weight";
import config from "@/e2e/playwright.config";

/**
 * Measures the built site on the journeys' stack: gzipped script of the first load, and the time until the streets are first seen.
 * `node --conditions=react-server --import tsx e2e/measure/main.ts`; JSON lines on stdout. With JOURNEY_URL set that site is measured.
 */
const runs = 5;
const pages = ["/", "/regions", "/regions/loop-pilot", "/privacy", "/status"] as const;
const pagesWithMap = ["/", "/regions/loop-pilot"] as const;

function print({ name, value, unit, n }: { name: string; value: number; unit: string; n: number }): void {
  process.stdout.write(`${JSON.stringify({ name, value, unit, n })}\n`);
}

const nameOf = (path: string): string => (path === "/" ? ".home" : path.replaceAll("/", "."));
const median = (values: readonly number[]): number => values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;

async function firstPaints(baseUrl: string, path: string): Promise<number[]> {
  const browser = await chromium.launch(config.use?.launchOptions ?? {});
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(new URL(path, baseUrl).href);
    const mark = await page.waitForFunction(() => performance.getEntriesByName("map-painted")[0]?.startTime, undefined, { timeout: 60_000 });
    times.push(Number(await mark.jsonValue()));
    await page.close();
  }
  await browser.close();
  return times;
}

const given = process.env["JOURNEY_URL"];
const stop = given === undefined ? await setup() : async () => undefined;
try {
  const baseUrl = process.env["JOURNEY_URL"] ?? "";
  for (const path of pages) {
    const scripts = await firstLoadScripts(baseUrl, path);
    print({ name: `web.script${nameOf(path)}`, value: Math.round(scripts.reduce((sum, { gzipped }) => sum + gzipped, 0) / 1000), unit: "kB", n: 1 });
  }
  for (const path of pagesWithMap) print({ name: `web.basemap${nameOf(path)}`, value: Math.round(median(await firstPaints(baseUrl, path))), unit: "ms", n: runs });
} finally {
  await stop();
}
