import os from "node:os";
import { connectDatabase } from "@/lib/platform/database";
import type { BoardDetails } from "@/local/start/board";

/** The heartbeat row "start": what runs, how often it was started again, and what is still waited for. */
export function openBoardRow(databaseUrl: string): { write(details: BoardDetails): Promise<void>; close(): Promise<void> } {
  const database = connectDatabase(databaseUrl);
  const key = { service: "start", instance: os.hostname() };
  const startedAt = new Date();
  return {
    write: async (details) => {
      const row = { startedAt, seenAt: new Date(), details };
      await database.heartbeat.upsert({ where: { service_instance: key }, create: { ...key, ...row }, update: row });
    },
    close: () => database.$disconnect(),
  };
}
