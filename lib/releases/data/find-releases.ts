import "server-only";
import type { Pool } from "pg";
import { z } from "zod";
import { packReleaseId, unpackReleaseId } from "@/lib/chain/model/release-id";
import { releaseStates } from "@/lib/chain/model/release-state";
import { epochEnd, epochStart, type Region } from "@/lib/geo/model/region";
import { AppError } from "@/lib/kernel/errors";
import { readDeployment } from "@/lib/platform/deployment";
import { connectDeployment } from "@/lib/releases/data/connect";
import { decodeCursor, encodeCursor } from "@/lib/releases/data/cursor";
import { getKnownRegion } from "@/lib/releases/data/known-region";
import type { ReleaseAnswer, ReleasesPage, ReleasesQuery } from "@/lib/releases/schema";

const rowSchema = z.object({
  epoch: z.number(), tile: z.string(), state: z.enum(releaseStates), tickets: z.number(), vehicles: z.number(), vault: z.string().nullable(), planes: z.number(),
  published_block: z.number().nullable(), published_at: z.date().nullable(), imported: z.boolean(),
});

const columns = "epoch, tile, state::text, tickets, vehicles, vault, planes, published_block, published_at, imported";

function answerOf(row: z.infer<typeof rowSchema>, region: Region): ReleaseAnswer {
  const { epoch, tile, state, tickets, vehicles, vault, planes } = row;
  return {
    releaseId: packReleaseId({ regionId: region.id, epoch, tile }).toString(),
    region: region.slug, epoch, start: epochStart(region, epoch), end: epochEnd(region, epoch), tile, state, tickets, vehicles, vault, planes,
    publishedBlock: row.published_block,
    publishedAt: row.published_at?.toISOString() ?? null,
    isImported: row.imported,
  };
}

/**
 * A region's published releases, newest epoch first, tiles ascending within an epoch.
 * Throws `region.unknown`, `request.invalid` (cursor), `chain.unreachable` for a region that was not asked for before.
 */
export async function findReleases(pool: Pick<Pool, "query">, slug: string, query: ReleasesQuery): Promise<ReleasesPage> {
  const { limit, cursor, epoch, tile } = query;
  const [afterEpoch, afterTile] = cursor === undefined ? [null, null] : decodeCursor(cursor, [/^\d{1,10}$/, /^[0-9a-f]{15}$/]);
  const { chain } = await connectDeployment();
  const region = await getKnownRegion(chain, slug);
  const { rows } = await pool.query({
    name: "published-releases",
    text: `SELECT ${columns} FROM tile_epochs WHERE chain_id = $1 AND region_id = $2 AND state = 'published'
      AND ($3::bigint IS NULL OR epoch = $3) AND ($4::text IS NULL OR tile = $4)
      AND ($5::bigint IS NULL OR epoch < $5 OR (epoch = $5 AND tile > $6)) ORDER BY epoch DESC, tile LIMIT $7`,
    values: [chain.network.chainId, region.id, epoch ?? null, tile ?? null, afterEpoch, afterTile, limit + 1],
  });
  const found = z.array(rowSchema).parse(rows);
  const last = found[limit - 1];
  const nextCursor = found.length > limit && last !== undefined ? encodeCursor([last.epoch, last.tile]) : null;
  return { items: found.slice(0, limit).map((row) => answerOf(row, region)), nextCursor };
}

async function readSlug(pool: Pick<Pool, "query">, { chainId, regionId }: { chainId: number; regionId: number }): Promise<string | undefined> {
  const { rows } = await pool.query<{ slug: string }>({ name: "region-slug", text: "SELECT slug FROM regions WHERE chain_id = $1 AND region_id = $2", values: [chainId, regionId] });
  return rows[0]?.slug;
}

function unknownRelease(releaseId: bigint): AppError {
  return new AppError("release.unknown", `There is no release ${releaseId}, or nothing was contributed to it yet.`);
}

/** One tile of one epoch by its release's id, published or not. Throws `release.unknown`. */
export async function findRelease(pool: Pick<Pool, "query">, releaseId: bigint): Promise<ReleaseAnswer> {
  const { regionId, epoch, tile } = unpackReleaseId(releaseId);
  const { chainId } = await readDeployment();
  const slug = regionId > 2 ** 31 - 1 ? undefined : await readSlug(pool, { chainId, regionId });
  if (slug === undefined) throw unknownRelease(releaseId);
  const { chain } = await connectDeployment();
  const region = await getKnownRegion(chain, slug);
  const { rows } = await pool.query({
    name: "release", text: `SELECT ${columns} FROM tile_epochs WHERE chain_id = $1 AND region_id = $2 AND epoch = $3::bigint AND tile = $4`, values: [chainId, regionId, epoch, tile],
  });
  const [row] = z.array(rowSchema).parse(rows);
  if (row === undefined) throw unknownRelease(releaseId);
  return answerOf(row, region);
}
