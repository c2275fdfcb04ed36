import type { Log } from "ethers";
import { histogramAt } from "@/lib/chain/gateway/histogram";
import type { Chain } from "@/lib/chain/gateway/provider";
import { toAppError } from "@/lib/chain/gateway/revert";

/** Blocks asked for at once; services commonly refuse more. */
const blocksPerPage = 10_000;

/** Which events of the histogram to read: names, and the value of their first indexed parameter when it matters. */
export type EventFilter = {
  names: readonly ("RegionCreated" | "ContributionAccepted" | "ContributionRefused" | "TileSealed" | "TileNoised" | "ReleasePublished" | "ReleaseOpened" | "ReleaseClosed")[];
  firstTopic?: bigint;
  /** First block; default the deployment's. */
  fromBlock?: number;
  /** Last block; default the latest. */
  toBlock?: number;
};

export type HistogramEvent = { name: string; args: Record<string, unknown>; block: number; transaction: string; logIndex: number };

function toEvent(chain: Chain, log: Log): HistogramEvent[] {
  const parsed = histogramAt(chain).interface.parseLog(log);
  if (parsed === null) return [];
  const { name, args } = parsed;
  return [{ name, args: args.toObject(), block: log.blockNumber, transaction: log.transactionHash, logIndex: log.index }];
}

/** Reads the histogram's events in pages, oldest first. Numbers in `args` are bigints. Throws `chain.unreachable`. */
export async function* readHistogramEvents(chain: Chain, filter: EventFilter): AsyncGenerator<HistogramEvent> {
  const { provider, network } = chain;
  const { interface: abi } = histogramAt(chain);
  const topics: (string | string[])[] = [filter.names.map((name) => abi.getEvent(name).topicHash)];
  if (filter.firstTopic !== undefined) topics.push(`0x${filter.firstTopic.toString(16).padStart(64, "0")}`);
  try {
    const last = filter.toBlock ?? (await provider.getBlockNumber());
    for (let from = filter.fromBlock ?? network.deployBlock; from <= last; from += blocksPerPage) {
      const toBlock = Math.min(from + blocksPerPage - 1, last);
      const logs = await provider.getLogs({ address: network.addresses.histogram, topics, fromBlock: from, toBlock });
      for (const log of logs) yield* toEvent(chain, log);
    }
  } catch (error) {
    throw toAppError(error, { what: "read the chain's events" });
  }
}
