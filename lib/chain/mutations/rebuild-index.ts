import "server-only";
import { eventSource, type EventSource } from "@/lib/chain/gateway/event-source";
import type { Chain } from "@/lib/chain/gateway/provider";
import { followSource, type FollowOptions } from "@/lib/chain/mutations/follow-chain";
import { inIndexTransaction } from "@/lib/chain/mutations/index-transaction";
import type { Database } from "@/lib/platform/database";

/** Forgets everything that was read from a chain. Names of regions, and what waits to be sent, stay. */
export async function wipeIndex(database: Database, chainId: number): Promise<void> {
  await inIndexTransaction(database, chainId, async (transaction) => {
    const where = { chainId };
    await transaction.chainEvent.deleteMany({ where });
    await transaction.chainBlock.deleteMany({ where });
    await transaction.chainCursor.deleteMany({ where });
    await transaction.listing.deleteMany({ where });
    await transaction.tileEpoch.deleteMany({ where });
    await transaction.acceptedContribution.deleteMany({ where });
    await transaction.releaseOpening.deleteMany({ where });
    await transaction.chainOrder.deleteMany({ where });
    await transaction.$executeRaw`UPDATE regions SET params = NULL, created_block = NULL WHERE chain_id = ${chainId}`;
  });
}

/** Reads on until the chain's end; returns the newest block read. */
export async function catchUp(database: Database, source: EventSource, options: FollowOptions = {}): Promise<number> {
  const { confirmations = 0 } = options;
  for (;;) {
    const { to, head } = await followSource(database, source, options);
    if (to >= head - confirmations) return to;
  }
}

/**
 * Wipes what was read from the chain and reads it anew to its end; returns the newest block read.
 * Until it is done, pages show less than there is. Throws `chain.unreachable`, `chain.wrong-network`.
 */
export async function rebuildIndex(database: Database, chain: Chain, options: FollowOptions = {}): Promise<number> {
  await wipeIndex(database, chain.network.chainId);
  return catchUp(database, eventSource(chain), options);
}
