import { keccak256 } from "ethers";
import { bytesToHex, hexToBytes, type Hex } from "@/lib/kernel/hex";
import type { ChainLedger } from "@/local/devnet/chain-ledger";
import type { ChainNode } from "@/local/devnet/chain-node";
import { RpcError } from "@/local/devnet/json-rpc";
import { withoutRefused, type JournalEntry } from "@/local/devnet/transaction-journal";

/** A signed transaction's hash. */
export const hashOf = (raw: Hex): Hex => bytesToHex(hexToBytes(keccak256(raw)));

type Replay = { node: ChainNode; ledger: ChainLedger };

async function sendAgain(raw: Hex, { node, ledger }: Replay): Promise<void> {
  try {
    await node.send(raw);
    ledger.sent(hashOf(raw), raw);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error; // else: in the dump already, or refused then as now
  }
}

/** Does a journal's entries again on a node that was started from the dump before them. Blocks that the dump has are left out. */
export async function replayJournal(entries: readonly JournalEntry[], { node, ledger }: Replay): Promise<void> {
  for (const entry of withoutRefused(entries)) {
    if ("transaction" in entry) await sendAgain(entry.transaction, { node, ledger });
    else if ("block" in entry && entry.block > ledger.head.number) ledger.mined(await node.mine(entry.timestamp));
  }
}
