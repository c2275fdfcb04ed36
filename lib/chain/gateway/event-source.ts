import "server-only";
import { Interface, type Block, type Log, type LogDescription, type ParamType, type Result } from "ethers";
import { AppError } from "@/lib/kernel/errors";
import { ITrafficDataMarketplace__factory as Marketplace } from "@/lib/chain/abi/factories/ITrafficDataMarketplace__factory";
import { ITrafficHistogram__factory as Histogram } from "@/lib/chain/abi/factories/ITrafficHistogram__factory";
import type { Chain } from "@/lib/chain/gateway/provider";
import { toAppError } from "@/lib/chain/gateway/revert";
import type { BlockHead, ChainEvent } from "@/lib/chain/model/chain-event";
import { parseHex } from "@/lib/chain/model/parse-hex";

/** An event whose block's time has not been asked for. */
export type TimelessEvent = Omit<ChainEvent, "time">;

/** Where blocks and events come from: a chain, or a test's. */
export type EventSource = {
  readonly chainId: number;
  /** Lower-case addresses of the two contracts. */
  readonly histogram: string;
  readonly marketplace: string;
  /** Block before which there is no event. */
  readonly deployBlock: number;
  head(): Promise<BlockHead>;
  /** Null when the chain has no such block (any more, or on the node that was asked). */
  block(number: number): Promise<BlockHead | null>;
  /** Events of both contracts from block to block, both included, in the chain's order. */
  events(from: number, to: number): Promise<TimelessEvent[]>;
};

// The contract with a simulated past, on chain 31337 only, has one event more.
const histogramAbi = new Interface([...Histogram.createInterface().fragments, "event ImportOnly(uint32 indexed regionId)"]);
const marketplaceAbi = Marketplace.createInterface();

function plainValue(type: ParamType, value: unknown): unknown {
  if (type.arrayChildren !== null && Array.isArray(value)) {
    const child = type.arrayChildren;
    return value.map((item: unknown) => plainValue(child, item));
  }
  if (type.components !== null && Array.isArray(value)) return plainFields(type.components, value);
  if (typeof value === "bigint") return value.toString();
  return typeof value === "string" ? value.toLowerCase() : value;
}

function plainFields(types: readonly ParamType[], values: readonly unknown[] | Result): Record<string, unknown> {
  return Object.fromEntries(types.map((type, index) => [type.name, plainValue(type, values[index])]));
}

function toEvent(log: Log, contract: ChainEvent["contract"], parsed: LogDescription): TimelessEvent {
  return {
    contract,
    address: log.address.toLowerCase(),
    block: log.blockNumber,
    blockHash: log.blockHash,
    transaction: log.transactionHash,
    logIndex: log.index,
    name: parsed.name,
    args: plainFields(parsed.fragment.inputs, parsed.args),
  };
}

function toHead(block: Block): BlockHead {
  return { number: block.number, hash: parseHex(block.hash ?? "", 32), parentHash: parseHex(block.parentHash, 32), time: block.timestamp };
}

/**
 * The logs of a range of blocks. Services refuse ranges or answers that are too large for them in different words, and with
 * different limits: whatever was refused is asked for in halves. A service that does not answer is not asked for less.
 */
async function readLogs(provider: Chain["provider"], address: string[], range: { fromBlock: number; toBlock: number }): Promise<Log[]> {
  const { fromBlock, toBlock } = range;
  try {
    return await provider.getLogs({ address, fromBlock, toBlock });
  } catch (error) {
    if (error instanceof AppError || fromBlock >= toBlock) throw error;
    const middle = Math.floor((fromBlock + toBlock) / 2);
    const lower = await readLogs(provider, address, { fromBlock, toBlock: middle });
    return [...lower, ...(await readLogs(provider, address, { fromBlock: middle + 1, toBlock }))];
  }
}

/** The blocks and events of a deployment. All of it throws `chain.unreachable`. */
export function eventSource({ provider, network }: Chain): EventSource {
  const { chainId, addresses, deployBlock } = network;
  const [histogram, marketplace] = [addresses.histogram.toLowerCase(), addresses.marketplace.toLowerCase()];
  const failed = (error: unknown): never => {
    throw toAppError(error, { what: "read the chain's events" });
  };
  const block = async (number: number | "latest"): Promise<BlockHead | null> => {
    const found = await provider.getBlock(number).catch(failed);
    return found === null ? null : toHead(found);
  };
  return {
    chainId, histogram, marketplace, deployBlock, block,
    head: async () => (await block("latest")) ?? failed(new Error("there is no latest block")),
    events: async (fromBlock, toBlock) => {
      const logs = await readLogs(provider, [histogram, marketplace], { fromBlock, toBlock }).catch(failed);
      return logs.flatMap((log) => {
        const isHistogram = log.address.toLowerCase() === histogram;
        const parsed = (isHistogram ? histogramAbi : marketplaceAbi).parseLog(log);
        return parsed === null ? [] : [toEvent(log, isHistogram ? "histogram" : "marketplace", parsed)];
      });
    },
  };
}
