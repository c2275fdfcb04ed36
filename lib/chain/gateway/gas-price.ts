import type { Chain } from "@/lib/chain/gateway/provider";
import { toAppError } from "@/lib/chain/gateway/revert";
import { chooseFees, type Fees } from "@/lib/chain/model/gas-price";

/** Fees by the chain's prices of now. Throws `chain.gas-price` above the ceiling, `chain.unreachable`. */
export async function readFees(chain: Chain, { ceiling }: { ceiling: bigint | null }): Promise<Fees> {
  try {
    const [block, tip] = await Promise.all([chain.provider.getBlock("latest"), chain.provider.send("eth_maxPriorityFeePerGas", [])]);
    return chooseFees({ baseFee: block?.baseFeePerGas ?? 0n, tip: BigInt(String(tip)), ceiling });
  } catch (error) {
    throw toAppError(error, { what: "read the gas price" });
  }
}
