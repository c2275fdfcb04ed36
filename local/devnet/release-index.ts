import { Interface } from "ethers";
import { z } from "zod";
import type { Chain } from "@/local/devnet/chain";
import type { Handle } from "@/local/devnet/engine";
import { isHex } from "@/lib/kernel/hex";

/** A published release, as the histogram's event tells it. */
export type Release = { releaseId: bigint; vault: string; planes: readonly Handle[]; block: number; transaction: string };

const histogram = new Interface(["event ReleasePublished(uint256 indexed releaseId, address indexed vault, bytes32[] planes)"]);
const topic = histogram.getEvent("ReleasePublished")?.topicHash;

const logsSchema = z.array(z.object({ topics: z.array(z.string()), data: z.string(), blockNumber: z.string().transform(Number), transactionHash: z.string() }));
const argumentsSchema = z.object({ releaseId: z.bigint(), vault: z.string(), planes: z.array(z.string().refine(isHex)) });

/** Published releases, found by the planes that the engine computes for them. */
export type ReleaseIndex = {
  /** Every release known so far, after looking at new blocks. */
  refresh(): Promise<ReadonlyMap<Handle, Release>>;
};

export function createReleaseIndex(chain: Pick<Chain, "call" | "head">, contract: string): ReleaseIndex {
  const byPlane = new Map<Handle, Release>();
  let next = 0;
  return {
    refresh: async () => {
      const to = chain.head.number;
      // A few blocks are read twice: after a crash the newest are mined again, with other planes.
      const from = Math.max(0, Math.min(next, to) - 300);
      const filter = { address: contract, topics: [topic], fromBlock: `0x${from.toString(16)}`, toBlock: `0x${to.toString(16)}` };
      for (const log of logsSchema.parse(await chain.call("eth_getLogs", [filter]))) {
        const event = histogram.parseLog(log);
        const release = { ...argumentsSchema.parse(event?.args.toObject()), block: log.blockNumber, transaction: log.transactionHash };
        for (const plane of release.planes) byPlane.set(plane, release);
      }
      next = to + 1;
      return byPlane;
    },
  };
}
