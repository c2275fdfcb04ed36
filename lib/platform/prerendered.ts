import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { inlineScriptHashes } from "@/lib/platform/content-security-policy";

const manifestSchema = z.object({ routes: z.record(z.string(), z.object({ routeType: z.string().optional() }).loose()) });

/** Paths of pages that were made when the site was built, each with the hashes of its inline scripts. */
export type Prerendered = ReadonlyMap<string, readonly string[]>;

async function readPage(folder: string, route: string): Promise<readonly [string, readonly string[]] | null> {
  // Addresses that are no page (an icon, a document) have no HTML.
  const html = await readFile(path.join(folder, "server", "app", `${route === "/" ? "/index" : route}.html`), "utf8").catch(() => null);
  return html === null ? null : [route, inlineScriptHashes(html)];
}

/** Reads the built pages of a build folder (`.next`). Without a build there are none. */
export async function readPrerendered(folder: string): Promise<Prerendered> {
  const text = await readFile(path.join(folder, "prerender-manifest.json"), "utf8").catch(() => null);
  if (text === null) return new Map();
  const { routes } = manifestSchema.parse(JSON.parse(text));
  const pages = await Promise.all(Object.keys(routes).map((route) => readPage(folder, route)));
  return new Map(pages.filter((page) => page !== null));
}
