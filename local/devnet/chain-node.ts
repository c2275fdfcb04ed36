import { execFile } from "node:child_process";
import path from "node:path";
import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import { isHex, type Hex } from "@/lib/kernel/hex";
import { callRpc } from "@/local/devnet/json-rpc";

export type BlockHeader = { number: number; hash: Hex; timestamp: number; gasUsed: number; transactions: readonly Hex[] };

const hex = z.string().refine(isHex);
const quantity = z.string().regex(/^0x[0-9a-f]+$/i).transform(Number);
const blockSchema = z.object({ number: quantity, hash: hex, timestamp: quantity, gasUsed: quantity, transactions: z.array(hex) });

/** A dump of a long chain, or a block full of encrypted operations, takes seconds on a busy machine. */
const slowCallMs = 120_000;

/** What the chain asks of anvil. Each call throws as `callRpc` does. */
export type ChainNode = {
  send(raw: Hex): Promise<void>;
  mine(timestamp: number): Promise<BlockHeader>;
  /** Lets blocks be mined from that time on: a node that was just started takes its own start for the last block's time. */
  resumeAt(timestamp: number): Promise<void>;
  head(): Promise<BlockHeader>;
  /** Writes the whole chain to a file, in the form that anvil loads; it is on disk when this resolves. */
  dump(file: string): Promise<void>;
  call(method: string, params: readonly unknown[]): Promise<unknown>;
};

/** By a process of its own; throws `chain.unreachable` when it fails. */
function runDump(url: string, file: string): Promise<void> {
  const program = path.join(import.meta.dirname, "chain-dump.ts");
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [program, url, file], { timeout: slowCallMs }, (cause) => {
      if (cause === null) resolve();
      else reject(new AppError("chain.unreachable", `The chain at ${url} could not be dumped to ${file}.`, { cause }));
    });
  });
}

export function connectNode(url: string): ChainNode {
  const call = (method: string, params: readonly unknown[] = []): Promise<unknown> => callRpc({ url, method, params, timeoutMs: slowCallMs });
  const head = async (): Promise<BlockHeader> => blockSchema.parse(await call("eth_getBlockByNumber", ["latest", false]));
  return {
    send: async (raw) => {
      await call("eth_sendRawTransaction", [raw]);
    },
    mine: async (timestamp) => {
      await call("evm_mine", [{ timestamp }]);
      return head();
    },
    resumeAt: async (timestamp) => {
      await call("evm_setTime", [timestamp]);
    },
    head,
    dump: (file) => runDump(url, file),
    call,
  };
}
