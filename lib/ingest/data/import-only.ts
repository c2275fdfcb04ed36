import "server-only";
import type { Pool } from "pg";
import { AppError } from "@/lib/kernel/errors";

const keptMs = 10_000;
let kept: { chainId: number; regions: ReadonlySet<number>; untilMs: number } | undefined;

/** Throws `region.import-only` for a region whose releases are imported: nothing is collected for it. */
export async function assertCollects(pool: Pick<Pool, "query">, { chainId, regionId }: { chainId: number; regionId: number }): Promise<void> {
  if (kept === undefined || kept.chainId !== chainId || kept.untilMs < performance.now()) {
    const { rows } = await pool.query<{ region_id: number }>({ name: "import-only", text: "SELECT region_id FROM regions WHERE chain_id = $1 AND import_only", values: [chainId] });
    kept = { chainId, regions: new Set(rows.map((row) => row.region_id)), untilMs: performance.now() + keptMs };
  }
  if (!kept.regions.has(regionId)) return;
  throw new AppError("region.import-only", `Region ${regionId} shows imported, simulated vehicles only; nothing can be contributed to it. Contribute to another region.`);
}
