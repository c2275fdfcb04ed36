import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { Transaction, Wallet, type TransactionLike } from "ethers";
import { pino } from "pino";
import { isHex, type Hex } from "@/lib/kernel/hex";
import { Chain } from "@/local/devnet/chain";
import type { ChainClock } from "@/local/devnet/chain-clock";
import { CHAIN_ID } from "@/local/devnet/constants";
import { findFreePort } from "@/local/free-port";

export const silentLog = pino({ level: process.env["DEVNET_TEST_LOG"] ?? "silent" });

/** A folder that the test owns, and its removal. */
export async function makeFolder(): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "devnet-"));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** An account that signs transactions with its own count of them. */
export type Sender = { address: string; sign(transaction: TransactionLike): Promise<Hex> };

export function createSender(privateKey: string = Wallet.createRandom().privateKey): Sender {
  const wallet = new Wallet(privateKey);
  let nonce = 0;
  return {
    address: wallet.address,
    sign: async (transaction) => {
      const filled = { type: 2, chainId: CHAIN_ID, nonce, gasLimit: 16_000_000, maxFeePerGas: 10n ** 10n, maxPriorityFeePerGas: 1n, ...transaction };
      nonce += 1;
      const raw = await wallet.signTransaction(Transaction.from(filled));
      if (!isHex(raw)) throw new Error("not hexadecimal");
      return raw;
    },
  };
}

export type ChainFixture = { folder: string; port: number; open(clock?: ChainClock): Promise<Chain>; remove(): Promise<void> };

/** Opens chains of one folder, one after the other, and stops the last of them at the end. */
export async function makeChainFixture(): Promise<ChainFixture> {
  const { folder, remove } = await makeFolder();
  const port = await findFreePort();
  let last: Chain | undefined;
  return {
    folder,
    port,
    open: async (clock) => {
      last = await Chain.open({ folder, port, instant: false, log: silentLog, ...(clock === undefined ? {} : { clock }) });
      return last;
    },
    remove: async () => {
      await last?.stop();
      await remove();
    },
  };
}

export async function fund(chain: Chain, addresses: readonly string[]): Promise<void> {
  await chain.alter(async (node) => {
    for (const address of addresses) await node.call("anvil_setBalance", [address, "0x56bc75e2d63100000"]);
  });
}
