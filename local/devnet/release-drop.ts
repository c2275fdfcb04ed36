import { Interface, toBeHex } from "ethers";
import type { Logger } from "pino";
import { z } from "zod";
import type { Chain } from "@/local/devnet/chain";
import type { Engine, Handle } from "@/local/devnet/engine";
import { logSchema, type Log, type Meaning } from "@/local/devnet/operation";
import type { OperationGraph } from "@/local/devnet/operation-graph";
import type { Release, ReleaseIndex } from "@/local/devnet/release-index";

/** Blocks after which a published release can't be undone any more; tests may roll the chain back by as many. */
export const SETTLED_DEPTH = 64;

export type ReleaseDropOptions = {
  chain: Pick<Chain, "call" | "head">;
  engine: Pick<Engine, "drop">;
  graph: OperationGraph;
  index: ReleaseIndex;
  readLog(log: Log): Meaning;
  histogram: string;
  log: Logger;
};

/** Lets go of what published releases were made of: words, counters and noise. */
export type ReleaseDrop = {
  /** Deals with every release that is deep enough and was not dealt with; resolves to how many handles were dropped. */
  run(): Promise<number>;
};

const noisedTopic = new Interface(["event TileNoised(uint256 indexed releaseId)"]).getEvent("TileNoised")?.topicHash;
const logsSchema = z.array(logSchema);
const receiptSchema = z.object({ logs: z.array(z.unknown()) });

/** Handles that one transaction allowed to anybody: of a noising or publishing one, exactly what must stay. */
async function allowedBy(transaction: string, { chain, readLog }: ReleaseDropOptions): Promise<Handle[]> {
  const { logs } = receiptSchema.parse(await chain.call("eth_getTransactionReceipt", [transaction]));
  return logs.flatMap((log) => readLog(logSchema.parse(log)).allowed ?? []).map(({ handle }) => handle);
}

async function findNoising({ releaseId }: Release, { chain, histogram }: ReleaseDropOptions): Promise<string[]> {
  const filter = { address: histogram, topics: [noisedTopic, toBeHex(releaseId, 32)], fromBlock: "0x0", toBlock: "latest" };
  return logsSchema.parse(await chain.call("eth_getLogs", [filter])).map(({ transactionHash }) => transactionHash);
}

/**
 * The published planes lead back, operation by operation, to everything that they were made of. Of that, what the noising
 * and the publishing transaction allowed stays (the planes, and the noised planes for other products), as does what also
 * served something else.
 */
async function drop(release: Release, options: ReleaseDropOptions): Promise<number> {
  const { engine, graph, log } = options;
  const ancestors = graph.ancestors(release.planes);
  if (ancestors.length === release.planes.length) {
    graph.markDropped(release.releaseId); // imported: its planes are inputs, made of nothing
    return 0;
  }
  const transactions = new Set([release.transaction, ...(await findNoising(release, options))]);
  const kept = new Set((await Promise.all([...transactions].map((transaction) => allowedBy(transaction, options)))).flat());
  const dropped = graph.exclusive(ancestors).filter((handle) => !kept.has(handle));
  await engine.drop(dropped);
  graph.remove(ancestors.filter((handle) => !kept.has(handle)));
  graph.markDropped(release.releaseId);
  log.info({ releaseId: release.releaseId.toString(), handles: dropped.length }, "dropped what a published release was made of");
  return dropped.length;
}

export function createReleaseDrop(options: ReleaseDropOptions): ReleaseDrop {
  const { chain, graph, index } = options;
  return {
    run: async () => {
      const settled = new Map([...(await index.refresh()).values()].filter(({ block }) => block <= chain.head.number - SETTLED_DEPTH).map((release) => [release.releaseId, release]));
      let dropped = 0;
      for (const release of settled.values()) if (!graph.isDropped(release.releaseId)) dropped += await drop(release, options);
      return dropped;
    },
  };
}
