import { z } from "zod";
import { isHex, type Hex } from "@/lib/kernel/hex";
import { callRpc } from "@/local/devnet/json-rpc";

export type BlockHeader = { number: number; hash: Hex; timestamp: number; transactions: readonly Hex[] };

const hex = z.string().refine(isHex);
const quantity = z.string().regex(/^0x[0-9a-f]+$/i).transform(Number);
const blockSchema = z.object({ number: quantity, hash: hex, timestamp: quantity, transactions: z.array(hex) });

/** A dump of a long chain, or a block full of encrypted operations, takes seconds on a busy machine. */
const slowCallMs = 120_000;

/** What the chain asks of anvil. Each call throws as `callRpc` does. */
export type ChainNode = {
  send(raw: Hex): Promise<void>;
  mine(timestamp: number): Promise<BlockHeader>;
  /** Lets blocks be mined from that time on: a node that was just started takes its own start for the last block's time. */
  resumeAt(timestamp: number): Promise<void>;
  head(): Promise<BlockHeader>;
  dump(): Promise<string>;
  call(method: string, params: readonly unknown[]): Promise<unknown>;
};

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
    dump: async () => z.string().parse(await call("anvil_dumpState")),
    call,
  };
}
