import { AppError } from "@/lib/kernel/errors";

/** What a transaction offers for gas (EIP-1559), wei. */
export type Fees = { maxFeePerGas: bigint; maxPriorityFeePerGas: bigint };

const weiPerGwei = 1_000_000_000n;

/** A price in gwei, as configurations give it, in wei. */
export function weiOfGwei(gwei: number): bigint {
  return BigInt(Math.round(gwei * 1_000_000)) * (weiPerGwei / 1_000_000n);
}

function showGwei(wei: bigint): string {
  return String(Math.round(Number((wei * 1_000n) / weiPerGwei)) / 1_000);
}

/**
 * What to offer: the price of now with room for the base fee to double, and never more than the ceiling, so that a
 * signed transaction that the price overtakes waits and is not paid for dearly.
 * Throws `chain.gas-price` while the price of now is above the ceiling.
 */
export function chooseFees({ baseFee, tip, ceiling }: { baseFee: bigint; tip: bigint; ceiling: bigint | null }): Fees {
  const price = baseFee + tip;
  if (ceiling !== null && price > ceiling) {
    throw new AppError("chain.gas-price", `Gas costs ${showGwei(price)} gwei, above the ceiling of ${showGwei(ceiling)} (GAS_PRICE_MAX_GWEI). Waiting.`, {
      details: { priceGwei: showGwei(price), ceilingGwei: showGwei(ceiling) },
    });
  }
  const roomy = 2n * baseFee + tip;
  return { maxFeePerGas: ceiling !== null && roomy > ceiling ? ceiling : roomy, maxPriorityFeePerGas: tip };
}
