import "server-only";
import type { Pool } from "pg";
import { recoverDigestSigner, type DigestSigner } from "@/lib/chain/gateway/digest-signer";
import { contributionDigest, ticketDigest } from "@/lib/chain/model/digest";
import { refusalMessages, type Refusal } from "@/lib/chain/model/refusal";
import { isEpochOpen } from "@/lib/geo/model/region";
import { AppError, isAppError } from "@/lib/kernel/errors";
import { assertCollects } from "@/lib/ingest/data/import-only";
import { chainNow, getRegionById, type Network } from "@/lib/ingest/data/network";
import { checkShape } from "@/lib/ingest/model/check-contribution";
import type { ContributionQueue, Queued } from "@/lib/ingest/mutations/queue-contribution";
import type { ContributionRequest } from "@/lib/ingest/schema";

export type AcceptContext = { pool: Pick<Pool, "query">; network: Network; queue: ContributionQueue; signer: DigestSigner };

function refuse(reason: Refusal): never {
  throw new AppError("contribution.refused", `The contribution is not taken: ${refusalMessages[reason]}.`, { details: { reason } });
}

/**
 * Whether the ticket was signed by our signer. Signing is deterministic, so a ticket of ours is known by making it again,
 * three times as fast as asking a signature who made it; other signatures by the same key are asked.
 */
function isOurs({ signer, network }: AcceptContext, item: ContributionRequest): boolean {
  const digest = ticketDigest(network.histogram, { ...item, expiry: item.ticketExpiry });
  return signer.sign(digest) === item.ticketSignature.toLowerCase() || recoverDigestSigner(digest, item.ticketSignature) === signer.address;
}

function isSignedByItself({ network }: AcceptContext, item: ContributionRequest): boolean {
  const digest = contributionDigest(network.histogram, { ...item, tile: BigInt(item.tile) });
  return recoverDigestSigner(digest, item.signature)?.toLowerCase() === item.oneTimeAddress.toLowerCase();
}

async function assertFits(context: AcceptContext, item: ContributionRequest): Promise<void> {
  const { network, pool } = context;
  const region = await getRegionById(network, item.regionId);
  await assertCollects(pool, { chainId: network.histogram.chainId, regionId: region.id });
  const refusal = checkShape(region, { ...item, tile: BigInt(item.tile) });
  if (refusal !== null) refuse(refusal);
  const now = await chainNow(network);
  if (!isEpochOpen(region, item.epoch, now)) throw new AppError("epoch.closed", `Epoch ${item.epoch} of region ${region.slug} is not open: it has not begun, or is closed already.`);
  if (item.ticketExpiry < now) throw new AppError("ticket.expired", "The ticket has expired. Ask for a new one: POST /api/v1/tickets.");
}

/**
 * Takes a contribution into the queue, after everything that can be known without its proof and the chain: its form, the
 * open epoch, its ticket, its one-time address's signature, and that the address has no other one.
 * Safe to repeat, also when the epoch has closed meanwhile. Throws `region.unknown`, `region.import-only`, `contribution.refused`,
 * `contribution.conflict`, `epoch.closed`, `ticket.expired`, `ticket.invalid`.
 */
export async function acceptContribution(context: AcceptContext, item: ContributionRequest): Promise<Exclude<Queued, "conflict">> {
  const { chainId } = context.network.histogram;
  try {
    await assertFits(context, item);
  } catch (error) {
    const isLate = isAppError(error, "epoch.closed") || isAppError(error, "ticket.expired");
    const known = isLate ? await context.queue.find(chainId, item) : null;
    if (known !== null) return known; // it was taken in time, and this is a repetition
    throw error;
  }
  if (!isOurs(context, item)) throw new AppError("ticket.invalid", "The ticket is not ours, or is for another address, region, epoch, level or number of vehicles.");
  if (!isSignedByItself(context, item)) refuse("bad-signature");
  const queued = await context.queue.add(chainId, item);
  if (queued === "conflict") throw new AppError("contribution.conflict", "This one-time address stands for another contribution already. Make a new address for each contribution.");
  return queued;
}
