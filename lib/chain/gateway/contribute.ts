import type { TransactionReceipt } from "ethers";
import { AppError } from "@/lib/kernel/errors";
import { histogramAt } from "@/lib/chain/gateway/histogram";
import type { Chain } from "@/lib/chain/gateway/provider";
import type { Signer } from "@/lib/chain/gateway/signer";
import { gasPerTransactionMax, sendTransaction } from "@/lib/chain/gateway/transaction";
import type { ContributionOutcome, SignedContribution } from "@/lib/chain/model/contribution";
import { refusalOf, type Refusal } from "@/lib/chain/model/refusal";

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

/** The call that sends a batch, and the gas to allow it at least: failures inside an item are caught on chain, so an estimate could be too low. */
export function encodeBatch(chain: Chain, items: readonly SignedContribution[]): { data: string; gasLeast: bigint } {
  const words = items.reduce((sum, item) => sum + item.handles.length, 0);
  const data = histogramAt(chain).interface.encodeFunctionData("contributeBatch", [items.map((item) => ({ ...item }))]);
  const gasWanted = gasBase + gasPerWordMax * BigInt(words);
  return { data, gasLeast: gasWanted < gasPerTransactionMax ? gasWanted : gasPerTransactionMax };
}

/** Why a mined batch refused items, by their one-time addresses in lower case. */
export function readRefusals(chain: Chain, receipt: TransactionReceipt): Map<string, Refusal | "unknown"> {
  const { interface: abi } = histogramAt(chain);
  const histogram = chain.network.addresses.histogram.toLowerCase();
  const events = receipt.logs.filter((log) => log.address.toLowerCase() === histogram).map((log) => abi.parseLog(log));
  return new Map(
    events.flatMap((event) =>
      event?.name === "ContributionRefused" ? [[String(event.args.oneTimeAddress).toLowerCase(), refusalOf(BigInt(event.args.reason))] as const] : [],
    ),
  );
}

/**
 * Sends one batch; a bad item is refused with its reason and does not touch the others.
 * Throws `chain.*` when the transaction as a whole could not be made.
 */
export async function contributeBatch(chain: Chain, signer: Signer, items: readonly SignedContribution[]): Promise<BatchReceipt> {
  const receipt = await sendTransaction(chain, signer, {
    what: "send a batch of contributions",
    to: chain.network.addresses.histogram,
    ...encodeBatch(chain, items),
  });
  return { transaction: receipt.hash, block: receipt.blockNumber, gasUsed: receipt.gasUsed, outcomes: readOutcomes(chain, receipt, items) };
}
