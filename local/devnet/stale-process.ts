import { readFile, rm } from "node:fs/promises";
import { z } from "zod";
import { delay } from "@/lib/kernel/time";
import { replaceFile } from "@/local/devnet/durable-file";
import { startTimeOf } from "@/local/devnet/process-start";

/** A process is named by its id and its start time: ids are given again, the pair is not. */
const recordSchema = z.object({ pid: z.number().int().positive(), startTime: z.string().min(1) });

async function readRecord(file: string): Promise<z.infer<typeof recordSchema> | undefined> {
  try {
    return recordSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return undefined; // never written, or cut off by a crash before the process did anything
  }
}

/** Remembers a process that was started here, so that a later start can end it if nobody else did. */
export async function recordProcess(file: string, pid: number): Promise<void> {
  const startTime = await startTimeOf(pid);
  if (startTime !== undefined) await replaceFile(file, JSON.stringify({ pid, startTime }));
}

/** The id of the recorded process if that very process is still alive. */
export async function findRecorded(file: string): Promise<number | undefined> {
  const record = await readRecord(file);
  if (record === undefined) return undefined;
  return (await startTimeOf(record.pid)) === record.startTime ? record.pid : undefined;
}

/** Ends the recorded process if that very process is still alive; resolves to whether there was one. */
export async function stopStale(file: string): Promise<boolean> {
  const pid = await findRecorded(file);
  if (pid !== undefined) process.kill(pid, "SIGKILL");
  while ((await findRecorded(file)) !== undefined) await delay(20);
  await rm(file, { force: true });
  return pid !== undefined;
}
