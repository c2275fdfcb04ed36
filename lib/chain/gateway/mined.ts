import { Transaction, type TransactionReceipt } from "ethers";
import type { AppError } from "@/lib/kernel/errors";
import type { Chain } from "@/lib/chain/gateway/provider";
import { toAppError } from "@/lib/chain/gateway/revert";
import { explainFailure } from "@/lib/chain/gateway/transaction";

/** The receipt of a transaction; null while it is in no block. Throws `chain.unreachable`. */
export async function readReceipt(chain: Chain, hash: string): Promise<TransactionReceipt | null> {
  return chain.provider.getTransactionReceipt(hash).catch((error: unknown) => {
    throw toAppError(error, { what: "read a receipt" });
  });
}

/** Why a signed transaction failed when it was mined. */
export async function explainReverted(chain: Chain, raw: string, { receipt, what }: { receipt: TransactionReceipt; what: string }): Promise<AppError> {
  const { to, data } = Transaction.from(raw);
  return explainFailure(chain, receipt, { what, to: to ?? "", data, from: receipt.from });
}
