import "server-only";
import { cellToLatLng } from "h3-js";
import { z } from "zod";
import { findCatalog } from "@/lib/catalog/data";
import type { CatalogRegion } from "@/lib/catalog/model";
import { epochAt, epochEnd, epochStart, regionTiles, type Region } from "@/lib/geo/model/region";
import { readDeployment } from "@/lib/platform/deployment";
import { pool } from "@/lib/platform/pool";
import { readIndexClock } from "@/lib/releases/data/index-clock";
import type { RegionCard } from "@/lib/releases/model/region-card";

const daySeconds = 86_400;

/** Mean of the tiles' middles, degrees. A region is small against the globe. */
function centreOf(tiles: readonly string[]): [longitude: number, latitude: number] {
  const points = tiles.map((tile) => cellToLatLng(tile));
  const mean = (pick: 0 | 1) => points.reduce((sum, point) => sum + point[pick], 0) / Math.max(1, points.length);
  return [mean(1), mean(0)];
}

const publishedSchema = z.object({ region_id: z.number(), epoch: z.number(), tiles: z.number() });
type Published = z.infer<typeof publishedSchema>;

/** The newest epoch with published tiles of every region, and how many they are. */
async function readPublished(chainId: number): Promise<Map<number, Published>> {
  const { rows } = await pool().query({
    name: "latest-published",
    text: `SELECT DISTINCT ON (region_id) region_id, epoch, count(*)::int AS tiles FROM tile_epochs
      WHERE chain_id = $1 AND state = 'published' GROUP BY region_id, epoch ORDER BY region_id, epoch DESC`,
    values: [chainId],
  });
  return new Map(z.array(publishedSchema).parse(rows).map((row) => [row.region_id, row]));
}

/** Contributions accepted for the epochs that began since midnight UTC. */
async function countToday(region: Region, time: number): Promise<number> {
  const midnight = time - (time % daySeconds);
  const first = Math.max(0, Math.ceil((midnight - region.start) / region.epochSeconds));
  const { rows } = await pool().query<{ count: number }>({
    name: "contributions-since", text: "SELECT count(*)::int AS count FROM accepted_contributions WHERE chain_id = $1 AND region_id = $2 AND epoch >= $3::bigint", values: [region.chainId, region.id, first],
  });
  return rows[0]?.count ?? 0;
}

async function describe({ region, slug, name, isSimulated, importOnly }: CatalogRegion, { time, published }: { time: number; published: Published | undefined }): Promise<RegionCard> {
  const tiles = regionTiles(region);
  const now = importOnly ? null : epochAt(region, time);
  return {
    slug, name, isSimulated, importOnly,
    tiles: tiles.length,
    centre: centreOf(tiles),
    epochSeconds: region.epochSeconds,
    latestPublished: published === undefined ? null : { epoch: published.epoch, start: epochStart(region, published.epoch), tiles: published.tiles },
    openEpoch: now === null ? null : { start: epochStart(region, now), end: epochEnd(region, now) },
    contributionsToday: await countToday(region, time),
  };
}

/** All regions of the chain that have been read, by number. Throws `index.behind` before the first block was, `chain.reset`, `config.invalid`. */
export async function listRegionCards(): Promise<RegionCard[]> {
  const deployment = await readDeployment();
  const { chainId } = deployment;
  const { time } = await readIndexClock(deployment);
  const [records, published] = await Promise.all([findCatalog(pool(), chainId), readPublished(chainId)]);
  return Promise.all(records.map((record) => describe(record, { time, published: published.get(record.regionId) })));
}
