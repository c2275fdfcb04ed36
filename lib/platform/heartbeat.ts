import "server-only";
import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Database } from "@/lib/platform/database";

/** What a service tells of itself: counts, ids and sentences; never anything of a contribution, a device or a caller. */
export type BeatDetails = Readonly<Record<string, string | number | boolean | null | readonly string[] | Readonly<Record<string, string | number | null>>>>;

export type HeartbeatAnswer = { service: string; instance: string; startedAt: Date; seenAt: Date; details: Record<string, unknown> };

/** This process, as its signs of life name it. */
const instance = randomUUID();
const startedAt = new Date(Date.now() - 1_000 * process.uptime());

const detailsSchema = z.record(z.string(), z.unknown());

/** Signs of life older than this are of processes that ended. */
const keptMs = 3_600_000;

/** Gives a sign of life of this process's service, with what others may want to know of it. */
export async function beat(database: Database, service: string, details: BeatDetails): Promise<void> {
  const seenAt = new Date();
  const json = JSON.parse(JSON.stringify(details));
  await database.heartbeat.upsert({
    where: { service_instance: { service, instance } },
    create: { service, instance, startedAt, seenAt, details: json },
    update: { seenAt, details: json },
  });
}

/** Takes this process's sign of life back: it ended as it should. */
export async function endBeat(database: Database, service: string): Promise<void> {
  await database.heartbeat.deleteMany({ where: { service, instance } });
}

/** All signs of life, the freshest first. */
export async function readHeartbeats(database: Database): Promise<HeartbeatAnswer[]> {
  const rows = await database.heartbeat.findMany({ orderBy: { seenAt: "desc" } });
  return rows.map((row) => ({ ...row, details: detailsSchema.catch({}).parse(row.details) }));
}

/** Forgets processes that have given no sign of life for an hour. */
export async function forgetOldBeats(database: Database): Promise<void> {
  await database.heartbeat.deleteMany({ where: { seenAt: { lt: new Date(Date.now() - keptMs) } } });
}
