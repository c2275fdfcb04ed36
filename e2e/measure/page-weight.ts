import { gzipSync } from "node:zlib";

/** Scripts that a page names in its HTML: what is loaded before anything else can be, the map's own code not among it. */
export async function firstLoadScripts(baseUrl: string, path: string): Promise<{ url: string; gzipped: number }[]> {
  const html = await (await fetch(new URL(path, baseUrl))).text();
  const addresses = new Set([...html.matchAll(/<script(?<attributes>[^>]+)>/g)]
    // Old browsers alone load these.
    .filter(({ groups }) => !/\snomodule/i.test(groups?.["attributes"] ?? ""))
    .flatMap(({ groups }) => / src="([^"]+)"/.exec(groups?.["attributes"] ?? "")?.[1] ?? []));
  return Promise.all([...addresses].map(async (address) => {
    const body = Buffer.from(await (await fetch(new URL(address, baseUrl))).arrayBuffer());
    return { url: address, gzipped: gzipSync(body, { level: 6 }).byteLength };
  }));
}
