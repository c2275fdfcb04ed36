import { Transaction, Wallet, type TransactionLike } from "ethers";
import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import { isHex, type Hex } from "@/lib/kernel/hex";
import type { Chain } from "@/local/devnet/chain";
import { CHAIN_ID } from "@/local/devnet/constants";

const quantity = z.string().transform(Number);
const receiptSchema = z.object({ status: z.string() }).nullable();

/** Sends transactions of one of the devnet's own accounts. Calls must not overlap. */
export type LocalSender = {
  readonly address: string;
  nonce(): Promise<number>;
  /** Resolves to the hash; the transaction waits for the next block. */
  send(transaction: TransactionLike): Promise<Hex>;
  /** Mines what waits, and throws `chain.reverted` when one of the transactions has failed. */
  settle(hashes: readonly Hex[]): Promise<void>;
};

const fees = { maxFeePerGas: 100n * 10n ** 9n, maxPriorityFeePerGas: 10n ** 9n };

export function createLocalSender(chain: Pick<Chain, "call" | "submit" | "mine">, privateKey: string): LocalSender {
  const wallet = new Wallet(privateKey);
  const nonce = async (): Promise<number> => quantity.parse(await chain.call("eth_getTransactionCount", [wallet.address, "pending"]));
  return {
    address: wallet.address,
    nonce,
    send: async (transaction) => {
      const raw = await wallet.signTransaction(Transaction.from({ type: 2, chainId: CHAIN_ID, nonce: await nonce(), ...fees, ...transaction }));
      if (!isHex(raw)) throw new TypeError("a signed transaction is hexadecimal");
      return chain.submit(raw);
    },
    settle: async (hashes) => {
      if (hashes.length > 0) await chain.mine();
      for (const hash of hashes) {
        const receipt = receiptSchema.parse(await chain.call("eth_getTransactionReceipt", [hash]));
        if (receipt?.status !== "0x1") throw new AppError("chain.reverted", `The devnet's own transaction ${hash} failed.`);
      }
    },
  };
}
