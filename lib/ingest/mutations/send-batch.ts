import "server-only";
import { contributeBatch } from "@/lib/chain/gateway/contribute";
import { isSpent } from "@/lib/chain/gateway/histogram";
import { readChainClock, type Chain } from "@/lib/chain/gateway/provider";
import type { Signer } from "@/lib/chain/gateway/signer";
import { isTooLarge } from "@/lib/chain/model/call-failure";
import type { SignedContribution } from "@/lib/chain/model/contribution";
import type { Refusal } from "@/lib/chain/model/refusal";
import type { TicketSource } from "@/lib/ingest/gateway/tickets";
import type { PreparedItem } from "@/lib/ingest/schema";

export type SendOptions = { chain: Chain; sender: Signer; tickets: TicketSource };

export type SentItem =
  | { state: "accepted"; transaction: string | null; gasUsed: bigint }
  | { state: "refused"; reason: Refusal | "unknown" };

async function addTicket(item: PreparedItem, { tickets, nowSeconds }: { tickets: TicketSource; nowSeconds: number }): Promise<SignedContribution> {
  const { oneTimeAddress, regionId, epoch, maxLevel, vehicles } = item;
  const ticket = await tickets({ oneTimeAddress, regionId, epoch, maxLevel, vehicles }, nowSeconds);
  return { ...item, tile: BigInt(item.tile), ticketExpiry: ticket.expiry, ticketSignature: ticket.signature };
}

/**
 * A refusal of an address that only we know the key of means that an earlier attempt of the same item got through.
 * The chain is asked, so that nothing is taken for counted that is not.
 */
async function resolveOutcome(chain: Chain, item: PreparedItem, outcome: SentItem): Promise<SentItem> {
  if (outcome.state === "accepted" || outcome.reason !== "address-spent") return outcome;
  return (await isSpent(chain, item.oneTimeAddress)) ? { state: "accepted", transaction: null, gasUsed: 0n } : outcome;
}

/**
 * Gets tickets for prepared items and sends them in one transaction, or in halves when one is too small.
 * Sending the same items again is harmless: each address counts once. Answers in the order of the items.
 * Throws `chain.*` when a transaction could not be made; items of earlier halves may be counted then.
 */
export async function sendBatch(items: readonly PreparedItem[], options: SendOptions): Promise<SentItem[]> {
  const { chain, sender, tickets } = options;
  const { time } = await readChainClock(chain);
  const signed = await Promise.all(items.map((item) => addTicket(item, { tickets, nowSeconds: time })));
  try {
    const { outcomes, transaction, gasUsed } = await contributeBatch(chain, sender, signed);
    const share = gasUsed / BigInt(items.length);
    return await Promise.all(
      items.map((item, index) => {
        const outcome = outcomes[index];
        if (outcome?.accepted === true) return { state: "accepted", transaction, gasUsed: share } as const;
        return resolveOutcome(chain, item, { state: "refused", reason: outcome?.reason ?? "unknown" });
      }),
    );
  } catch (error) {
    if (!isTooLarge(error) || items.length === 1) throw error;
    const middle = Math.ceil(items.length / 2);
    const first = await sendBatch(items.slice(0, middle), options);
    return [...first, ...(await sendBatch(items.slice(middle), options))];
  }
}
