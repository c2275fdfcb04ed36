import { readHistogramEvents } from "@/lib/chain/gateway/events";
import type { Chain } from "@/lib/chain/gateway/provider";
import { packReleaseId } from "@/lib/chain/model/release-id";
import { epochAt, type Region, regionTiles } from "@/lib/geo/model/region";
import { PAST_EPOCHS } from "@/local/city/chicago-central";

/** One epoch of the past, and which of its tiles are not on the chain yet. */
export type MissingEpoch = { readonly epoch: number; readonly tiles: readonly string[] };

/** The epochs that are over, newest first, as far back as the simulated past reaches. */
export function pastEpochs(region: Region, nowSeconds: number): number[] {
  const open = epochAt(region, nowSeconds) ?? 0;
  const first = Math.max(0, open - PAST_EPOCHS);
  return Array.from({ length: open - first }, (_, age) => open - 1 - age);
}

/** What of the past is not on the chain, newest first, and how many releases the whole past has. */
export async function findMissing(chain: Chain, region: Region, nowSeconds: number): Promise<{ missing: MissingEpoch[]; total: number }> {
  const published = new Set<bigint>();
  for await (const { args } of readHistogramEvents(chain, { names: ["ReleasePublished"] })) {
    if (typeof args["releaseId"] === "bigint") published.add(args["releaseId"]);
  }
  const epochs = pastEpochs(region, nowSeconds);
  const tiles = regionTiles(region);
  const missing = epochs.map((epoch) => ({ epoch, tiles: tiles.filter((tile) => !published.has(packReleaseId({ regionId: region.id, tile, epoch }))) }));
  return { missing: missing.filter((one) => one.tiles.length > 0), total: epochs.length * tiles.length };
}
