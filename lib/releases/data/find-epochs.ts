import "server-only";
import { z } from "zod";
import { packReleaseId } from "@/lib/chain/model/release-id";
import { releaseStates } from "@/lib/chain/model/release-state";
import { epochAt, epochClosesAt, epochEnd, epochStart, regionTiles, type Region } from "@/lib/geo/model/region";
import { readDeployment } from "@/lib/platform/deployment";
import { pool } from "@/lib/platform/pool";
import { getRegionRecord } from "@/lib/releases/data/known-region";
import { epochState } from "@/lib/releases/model/epoch-state";
import type { Epoch, TileEpoch } from "@/lib/releases/schema";

const rowSchema = z.object({
  epoch: z.number(), tile: z.string(), state: z.enum(releaseStates), tickets: z.number(), vehicles: z.number(), vault: z.string().nullable(),
});

type Row = z.infer<typeof rowSchema>;
type Range = { first: number; last: number };

async function readTiles(region: Region, { first, last }: Range): Promise<Map<string, Row>> {
  const { rows } = await pool().query({
    name: "epochs", text: "SELECT epoch, tile, state::text, tickets, vehicles, vault FROM tile_epochs WHERE chain_id = $1 AND region_id = $2 AND epoch BETWEEN $3::bigint AND $4::bigint",
    values: [region.chainId, region.id, first, last],
  });
  return new Map(z.array(rowSchema).parse(rows).map((row) => [`${row.epoch}/${row.tile}`, row]));
}

/** A tile without a row is one that nobody has contributed to. */
function tileAnswer(region: Region, known: Map<string, Row>, { epoch, tile }: { epoch: number; tile: string }): TileEpoch {
  const { state, tickets, vehicles, vault } = known.get(`${epoch}/${tile}`) ?? { state: "collecting", tickets: 0, vehicles: 0, vault: null };
  return { tile, state, tickets, vehicles, releaseId: packReleaseId({ regionId: region.id, epoch, tile }).toString(), vault };
}

/** Epochs of a region, oldest first, as they are at the given time of the chain. */
export async function readEpochs(region: Region, { first, last, time }: Range & { time: number }): Promise<Epoch[]> {
  const known = await readTiles(region, { first, last });
  const places = regionTiles(region);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => {
    const epoch = first + index;
    const tiles = places.map((tile) => tileAnswer(region, known, { epoch, tile }));
    const state = epochState(region, epoch, { tiles: tiles.map((tile) => tile.state), nowSeconds: time });
    return { epoch, start: epochStart(region, epoch), end: epochEnd(region, epoch), closesAt: epochClosesAt(region, epoch), state, tiles };
  });
}

/**
 * The newest `limit` epochs that have begun (or those before epoch `before`), oldest first, by the chain's clock.
 * Empty before the region's start. Throws `region.unknown`, `index.behind`, `chain.reset`, `config.invalid`.
 */
export async function findEpochs(slug: string, { limit, before }: { limit: number; before?: number }): Promise<Epoch[]> {
  const { record: { region }, clock: { time } } = await getRegionRecord(await readDeployment(), slug);
  const newest = epochAt(region, time);
  if (newest === null) return [];
  const last = Math.min(newest, (before ?? newest + 1) - 1);
  return readEpochs(region, { first: Math.max(0, last - limit + 1), last, time });
}
