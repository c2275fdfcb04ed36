import "server-only";
import type { Pool } from "pg";
import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import { contributionStates, type ContributionStatus } from "@/lib/ingest/schema";

const rowSchema = z.object({
  state: z.enum(contributionStates), reason: z.string().nullable(), region_id: z.number(), epoch: z.number(), cover: z.number(),
  batch_transaction: z.string().nullable(), accepted_transaction: z.string().nullable(),
});

const text = `SELECT queued.state::text, queued.reason, queued.region_id, queued.epoch, queued.cover,
    batches.transaction_hash AS batch_transaction, accepted.transaction AS accepted_transaction
  FROM contributions queued LEFT JOIN batches ON batches.id = queued.batch_id
  LEFT JOIN accepted_contributions accepted ON accepted.chain_id = queued.chain_id AND accepted.one_time_address = queued.one_time_address
  WHERE queued.id = $1`;

/** Where a posted contribution stands; what the chain says goes before what the queue says. Throws `contribution.unknown`. */
export async function getContribution(pool: Pick<Pool, "query">, id: string): Promise<ContributionStatus> {
  const { rows } = await pool.query({ name: "contribution-by-id", text, values: [id] });
  const [row] = z.array(rowSchema).parse(rows);
  if (row === undefined) throw new AppError("contribution.unknown", "There is no contribution of this id.");
  const { state, reason, region_id: regionId, epoch, cover, batch_transaction: batch, accepted_transaction: accepted } = row;
  if (accepted !== null) return { id, state: "accepted", reason: null, regionId, epoch, cover, transaction: accepted };
  return { id, state, reason, regionId, epoch, cover, transaction: batch };
}
