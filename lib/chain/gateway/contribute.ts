import type { TransactionReceipt } from "ethers";
import { AppError } from "@/lib/kernel/errors";
import { histogramAt } from "@/lib/chain/gateway/histogram";
import type { Chain } from "@/lib/chain/gateway/provider";
import type { Signer } from "@/lib/chain/gateway/signer";
import { gasPerTransactionMax, sendTransaction } from "@/lib/chain/gateway/transaction";
import type { ContributionOutcome, SignedContribution } from "@/lib/chain/model/contribution";
import { refusalOf } from "@/lib/chain/model/refusal";

/** Gas that a word may cost at most (first word of a tile), and that a transaction costs before its first word. */
const gasPerWordMax = 320_000n;
const gasBase = 500_000n;

export type BatchReceipt = {
  transaction: string;
  block: number;
  gasUsed: bigint;
  /** In the order of the items. */
  outcomes: ContributionOutcome[];
};

/**
 * What a batch's receipt says of each item. Items are matched by their one-time address; an address that is
 * in the batch twice is accepted at most once, and the contract refuses the other.
 */
export function readOutcomes(chain: Chain, receipt: TransactionReceipt, items: readonly SignedContribution[]): ContributionOutcome[] {
  const { interface: abi } = histogramAt(chain);
  const histogram = chain.network.addresses.histogram.toLowerCase();
  const accepted: string[] = [];
  const refused = new Map<number, bigint>();
  for (const log of receipt.logs) {
    if (log.address.toLowerCase() !== histogram) continue;
    const event = abi.parseLog(log);
    if (event?.name === "ContributionAccepted") accepted.push(String(event.args.oneTimeAddress).toLowerCase());
    if (event?.name === "ContributionRefused") refused.set(Number(event.args.item), BigInt(event.args.reason));
  }
  return items.map(({ oneTimeAddress }, index) => {
    const reason = refused.get(index);
    if (reason !== undefined) return { accepted: false, oneTimeAddress, reason: refusalOf(reason) };
    if (accepted.includes(oneTimeAddress.toLowerCase())) return { accepted: true, oneTimeAddress };
    throw new AppError("internal", `Transaction ${receipt.hash} says nothing about item ${index} of its batch.`);
  });
}

/**
 * Sends one batch; a bad item is refused with its reason and does not touch the others.
 * The limit of gas is generous on purpose: failures inside an item are caught on chain, so an estimate could be too low.
 * Throws `chain.*` when the transaction as a whole could not be made.
 */
export async function contributeBatch(chain: Chain, signer: Signer, items: readonly SignedContribution[]): Promise<BatchReceipt> {
  const words = items.reduce((sum, item) => sum + item.handles.length, 0);
  const data = histogramAt(chain).interface.encodeFunctionData("contributeBatch", [items.map((item) => ({ ...item }))]);
  const gasWanted = gasBase + gasPerWordMax * BigInt(words);
  const receipt = await sendTransaction(chain, signer, {
    what: "send a batch of contributions",
    to: chain.network.addresses.histogram,
    data,
    gasLeast: gasWanted < gasPerTransactionMax ? gasWanted : gasPerTransactionMax,
  });
  return { transaction: receipt.hash, block: receipt.blockNumber, gasUsed: receipt.gasUsed, outcomes: readOutcomes(chain, receipt, items) };
}
