import "server-only";
import { z } from "zod";
import { readHeartbeats } from "@/lib/platform/heartbeat";
import type { Database } from "@/lib/platform/database";

export type QueueState = {
  queued: number;
  batched: number;
  /** Since midnight UTC, by the hour in which they were received. */
  acceptedToday: number;
  refusedToday: number;
  stalled: number;
  /** Seconds that the longest waiting group has been waiting, as the worker sees it; null while no worker tells. */
  oldestQueuedSeconds: number | null;
};

const workerSchema = z.object({ oldestQueuedSeconds: z.number() });

/** Ages are the worker's: at a contribution stands the hour only. */
async function readOldest(database: Database): Promise<number | null> {
  for (const { service, details } of await readHeartbeats(database)) {
    const parsed = workerSchema.safeParse(details);
    if (service === "worker" && parsed.success) return parsed.data.oldestQueuedSeconds;
  }
  return null;
}

/** How many contributions stand where. */
export async function getQueueState(database: Database): Promise<QueueState> {
  const today = new Date();
  today.setUTCHours(0, 0, 0, 0);
  const [open, done, oldestQueuedSeconds] = await Promise.all([
    database.contribution.groupBy({ by: ["state"], where: { state: { in: ["queued", "batched", "stalled"] } }, _count: true }),
    database.contribution.groupBy({ by: ["state"], where: { state: { in: ["accepted", "refused"] }, receivedHour: { gte: today } }, _count: true }),
    readOldest(database),
  ]);
  const counts = new Map([...open, ...done].map((row) => [row.state, row._count]));
  const countOf = (state: "queued" | "batched" | "accepted" | "refused" | "stalled"): number => counts.get(state) ?? 0;
  return {
    queued: countOf("queued"),
    batched: countOf("batched"),
    acceptedToday: countOf("accepted"),
    refusedToday: countOf("refused"),
    stalled: countOf("stalled"),
    oldestQueuedSeconds,
  };
}
