import "server-only";
import type { Pool } from "pg";
import type { z } from "zod";
import type { DigestSigner } from "@/lib/chain/gateway/digest-signer";
import { ticketDigest } from "@/lib/chain/model/digest";
import { refusalMessages } from "@/lib/chain/model/refusal";
import { isEpochOpen } from "@/lib/geo/model/region";
import { AppError } from "@/lib/kernel/errors";
import type { Hex } from "@/lib/kernel/hex";
import { assertCollects } from "@/lib/ingest/data/import-only";
import { chainNow, getRegionById, type Network } from "@/lib/ingest/data/network";
import { checkTicketShape } from "@/lib/ingest/model/check-contribution";
import type { ticketRequestSchema } from "@/lib/ingest/schema";

export type TicketOptions = {
  deviceId: string;
  /** Has the ticket signer's role. */
  signer: DigestSigner;
  /** Tickets that a device gets in a day. */
  perDay: number;
  now: Date;
};

/** Seconds for which a ticket is good. */
const ticketSeconds = 86_400;
const dayMs = 86_400_000;

/** Counts one ticket of the device's day; only how many, not for which address. Throws `ticket.quota`. */
async function takeTicket(pool: Pick<Pool, "query">, { deviceId, perDay, now }: TicketOptions): Promise<void> {
  const { rowCount } = await pool.query({
    name: "take-ticket",
    text: `INSERT INTO device_days AS taken (device_id, day, tickets) VALUES ($1, $2, 1)
           ON CONFLICT (device_id, day) DO UPDATE SET tickets = taken.tickets + 1 WHERE taken.tickets < $3`,
    values: [deviceId, now.toISOString().slice(0, 10), perDay],
  });
  if (rowCount === 1) return;
  const retryAfterSeconds = Math.ceil((dayMs - (now.getTime() % dayMs)) / 1_000);
  throw new AppError("ticket.quota", `This device has had its ${perDay} tickets of today. The next are given at midnight UTC.`, { details: { retryAfterSeconds } });
}

/**
 * Signs the right to one contribution to an open epoch. Which address it is for is remembered nowhere.
 * Throws `region.unknown`, `region.import-only`, `epoch.closed`, `contribution.refused`, `ticket.quota`.
 */
export async function issueTicket(
  { pool, network }: { pool: Pick<Pool, "query">; network: Network },
  request: z.infer<typeof ticketRequestSchema>,
  options: TicketOptions,
): Promise<{ expiry: number; signature: Hex }> {
  const refusal = checkTicketShape(request);
  if (refusal !== null) throw new AppError("contribution.refused", `No ticket: ${refusalMessages[refusal]}.`);
  const region = await getRegionById(network, request.regionId);
  await assertCollects(pool, { chainId: network.histogram.chainId, regionId: region.id });
  const now = await chainNow(network);
  if (!isEpochOpen(region, request.epoch, now)) throw new AppError("epoch.closed", `Epoch ${request.epoch} of region ${region.slug} is not open: it has not begun, or is closed already.`);
  await takeTicket(pool, options);
  const expiry = now + ticketSeconds;
  return { expiry, signature: options.signer.sign(ticketDigest(network.histogram, { ...request, expiry })) };
}
