import "server-only";
import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { Pool } from "pg";
import { hashToken } from "@/lib/ingest/data/get-device";
import { onceInProcess, replaceInProcess } from "@/lib/platform/process-state";
import { takePoint } from "@/lib/platform/rate-limit";

const tokenBytes = 32;
const daySeconds = 86_400;

/** The day's salt, in memory only: with it goes the last way to tell which networks registered devices. */
function saltOf(day: string): Uint8Array {
  const known = onceInProcess("salt", () => ({ day, bytes: randomBytes(tokenBytes) }));
  if (known.day === day) return known.bytes;
  const made = { day, bytes: randomBytes(tokenBytes) };
  replaceInProcess("salt", made);
  return made.bytes;
}

/** The name under which a network's registrations are counted for one day. */
export function networkName(network: string, day: string): string {
  return createHash("sha256").update(saltOf(day)).update(network).digest("base64url");
}

export type RegisterOptions = {
  /** Of the caller: hashed with the day's salt, counted in memory, written nowhere. */
  network: string;
  perDay: number;
  now: Date;
};

/**
 * Makes a device that may ask for tickets, and its token, which is kept as a hash only.
 * Throws `device.too-many` when its network has registered too many today.
 */
export async function registerDevice(pool: Pick<Pool, "query">, { network, perDay, now }: RegisterOptions): Promise<{ deviceId: string; token: string }> {
  const day = now.toISOString().slice(0, 10);
  await takePoint({ name: `devices ${day}`, points: perDay, seconds: daySeconds, code: "device.too-many", message: "Too many devices were registered from your network today." }, networkName(network, day));
  const deviceId = randomUUID();
  const token = `ptd_${randomBytes(tokenBytes).toString("base64url")}`;
  await pool.query("INSERT INTO devices (id, token_hash, created_day) VALUES ($1, $2, $3)", [deviceId, hashToken(token), day]);
  return { deviceId, token };
}
