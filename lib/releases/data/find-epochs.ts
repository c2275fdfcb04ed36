import "server-only";
import { getTileStatus } from "@/lib/chain/gateway/histogram";
import { readChainClock, type Chain } from "@/lib/chain/gateway/provider";
import { mapLimited } from "@/lib/chain/model/map-limited";
import { packReleaseId, type ReleaseKey } from "@/lib/chain/model/release-id";
import { epochAt, epochClosesAt, epochEnd, epochStart, regionTiles, type Region } from "@/lib/geo/model/region";
import { connectDeployment } from "@/lib/releases/data/connect";
import { getKnownRegion } from "@/lib/releases/data/known-region";
import { epochState } from "@/lib/releases/model/epoch-state";
import type { Epoch, TileEpoch } from "@/lib/releases/schema";

/** Blocks after which a publication is taken to stay. */
const settledBlocks = 64;
const readsAtOnce = 24;
const settledMax = 20_000;

/** Tiles that are published or void for good. They make up nearly all of a region's past, and are read once. */
const settled = new Map<string, TileEpoch>();

function settle(key: string, tile: TileEpoch): void {
  if (settled.size >= settledMax) settled.clear();
  settled.set(key, tile);
}

async function readTile(chain: Chain, key: ReleaseKey, latestBlock: number): Promise<TileEpoch> {
  const releaseId = packReleaseId(key).toString();
  const name = `${chain.network.addresses.histogram}:${releaseId}`;
  const known = settled.get(name);
  if (known !== undefined) return known;
  const { state, tickets, vehicles, vault, publishedBlock } = await getTileStatus(chain, key);
  const answer: TileEpoch = { tile: key.tile, state, tickets, vehicles, releaseId, vault };
  if (state === "published" && publishedBlock + settledBlocks <= latestBlock) settle(name, answer);
  return answer;
}

async function readEpoch(chain: Chain, region: Region, { epoch, block, time }: { epoch: number; block: number; time: number }): Promise<Epoch> {
  const tiles = await mapLimited(regionTiles(region), readsAtOnce, (tile) => readTile(chain, { regionId: region.id, epoch, tile }, block));
  const state = epochState(region, epoch, { tiles: tiles.map((tile) => tile.state), nowSeconds: time });
  return { epoch, start: epochStart(region, epoch), end: epochEnd(region, epoch), closesAt: epochClosesAt(region, epoch), state, tiles };
}

/**
 * The newest `limit` epochs that have begun (or those before epoch `before`), oldest first, by the chain's clock.
 * Empty before the region's start. Throws `region.unknown`, `chain.unreachable`, `config.invalid`.
 */
export async function findEpochs(slug: string, { limit, before }: { limit: number; before?: number }): Promise<Epoch[]> {
  const { chain } = await connectDeployment();
  const [region, clock] = await Promise.all([getKnownRegion(chain, slug), readChainClock(chain)]);
  const newest = epochAt(region, clock.time);
  if (newest === null) return [];
  const last = Math.min(newest, (before ?? newest + 1) - 1);
  const first = Math.max(0, last - limit + 1);
  const numbers = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  return mapLimited(numbers, readsAtOnce, (epoch) => readEpoch(chain, region, { epoch, ...clock }));
}
