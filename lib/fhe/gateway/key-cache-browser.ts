import type { KeyCache } from "@/lib/fhe/gateway/public-keys";

/** The browser's Cache API as a store of public files by id: they are loaded once, not on every visit. */
export async function openBrowserKeyCache(): Promise<KeyCache> {
  const cache = await caches.open("fhe-public-keys");
  const address = (id: string): string => `/fhe-public-keys/${encodeURIComponent(id)}`;
  return {
    async get(id) {
      const kept = await cache.match(address(id));
      return kept === undefined ? undefined : new Uint8Array(await kept.arrayBuffer());
    },
    async put(id, bytes) {
      await cache.put(address(id), new Response(bytes.slice().buffer, { headers: { "content-type": "application/octet-stream" } }));
    },
  };
}
