import "server-only";
import { createHash } from "node:crypto";
import type { Pool } from "pg";
import { AppError } from "@/lib/kernel/errors";

/** What a token is kept as. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

const bearer = /^Bearer (ptd_[A-Za-z0-9_-]{43})$/;

/** The device whose token a request carries. Throws `device.unknown`. */
export async function getDevice(pool: Pick<Pool, "query">, headers: Headers): Promise<string> {
  const [, token] = bearer.exec(headers.get("authorization") ?? "") ?? [];
  if (token === undefined) throw new AppError("device.unknown", "Send the device's token: Authorization: Bearer TOKEN. POST /api/v1/devices gives one.");
  const { rows } = await pool.query<{ id: string }>({
    name: "device-by-token", text: "SELECT id FROM devices WHERE token_hash = $1 AND revoked_at IS NULL", values: [hashToken(token)],
  });
  const [device] = rows;
  if (device === undefined) throw new AppError("device.unknown", "This device's token is not known here, or was revoked. Register the device again: POST /api/v1/devices.");
  return device.id;
}
