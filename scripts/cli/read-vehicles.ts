import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { AppError } from "@/lib/kernel/errors";
import { groupVehicles } from "@/lib/geo/model/group-vehicles";
import { readTrack } from "@/lib/geo/model/read-track";
import { hashVehicle } from "@/lib/ingest/model/vehicle-hash";
import type { UploadVehicle } from "@/lib/ingest/mutations/plan-upload";

/** All fixes are held in memory, some 100 bytes each. */
const bytesMax = 2 * 1024 ** 3;

export type ReadVehiclesOptions = { timeZone?: string | undefined; onNotice: (notice: string) => void };

async function assertReadable(file: string): Promise<void> {
  const found = await stat(file).catch((cause: unknown) => {
    throw new AppError("file.unreadable", `${file} can't be opened. Check the path.`, { cause });
  });
  if (!found.isFile()) throw new AppError("file.unreadable", `${file} is not a file.`);
  if (found.size === 0) throw new AppError("file.empty", `${file} is empty.`);
  if (found.size > bytesMax) throw new AppError("file.too-large", `${file} is larger than 2 GB. Split it by day.`);
}

async function readFileVehicles(file: string, { timeZone, onNotice }: ReadVehiclesOptions): Promise<UploadVehicle[]> {
  await assertReadable(file);
  const name = path.basename(file);
  const points = readTrack(createReadStream(file), { name, onNotice, ...(timeZone === undefined ? {} : { timeZone }) });
  const vehicles = await groupVehicles(points);
  if (vehicles.size === 0) throw new AppError("file.empty", `${file} holds no positions.`);
  return [...vehicles].map(([id, own]) => ({ id, hash: hashVehicle(id, own), points: own }));
}

/**
 * The vehicles of files, each file's kept apart. A broken file stops everything before anything is sent.
 * Throws `file.*` with file and line.
 */
export async function readVehicles(files: readonly string[], options: ReadVehiclesOptions): Promise<UploadVehicle[]> {
  const vehicles: UploadVehicle[] = [];
  for (const file of files) vehicles.push(...(await readFileVehicles(file, options)));
  return vehicles;
}
