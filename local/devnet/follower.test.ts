import fc from "fast-check";
import { expect, test } from "vitest";
import { bigintToHex, type Hex } from "@/lib/kernel/hex";
import { HOST_ADDRESSES } from "@/local/devnet/constants";
import type { BlockRecord, BlockReference } from "@/local/devnet/engine";
import { createFollower, recordsOf } from "@/local/devnet/follower";
import type { Log, Meaning } from "@/local/devnet/operation";
import { silentLog } from "@/local/devnet/testing/chain-fixture";

type FakeBlock = { hash: Hex; logs: number[] };

/** A chain of blocks whose logs are numbers; each block's hash is fresh, as after mining again. */
class FakeChain {
  blocks: FakeBlock[] = [{ hash: "0x00", logs: [] }];
  #hashes = 0;

  mine(logs: number[]): void {
    this.#hashes += 1;
    this.blocks.push({ hash: bigintToHex(BigInt(this.#hashes), 4), logs });
  }

  /** The same transactions in other blocks, as after a crash: from that block on all hashes differ. */
  mineAgainFrom(block: number): void {
    const again = this.blocks.splice(block);
    for (const { logs } of again) this.mine(logs);
  }

  get head(): { number: number; hash: Hex; timestamp: number; gasUsed: number; transactions: [] } {
    return { number: this.blocks.length - 1, hash: this.blocks.at(-1)?.hash ?? "0x", timestamp: 0, gasUsed: 0, transactions: [] };
  }

  async call(method: string, params: readonly unknown[] = []): Promise<unknown> {
    const [first] = params;
    if (method === "eth_getBlockByNumber") return this.blocks[Number(first)] ?? null;
    const { fromBlock, toBlock } = { fromBlock: "0x0", toBlock: "0x0", ...(typeof first === "object" ? first : {}) };
    return this.blocks.flatMap(({ hash, logs }, number) =>
      number < Number(fromBlock) || number > Number(toBlock)
        ? []
        : logs.map((data) => ({ address: HOST_ADDRESSES.executor, topics: [], data: String(data), blockNumber: `0x${number.toString(16)}`, blockHash: hash, transactionHash: "0x" })),
    );
  }
}

/** Remembers what it was told, as durably as the test wants. */
class FakeEngine {
  known = new Set<number>();
  position: BlockReference | null = null;
  failures = 0;

  async cursor(): Promise<BlockReference | null> {
    return this.position;
  }

  async record({ block, operations }: BlockRecord): Promise<void> {
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error("the engine is down");
    }
    for (const operation of operations) this.known.add("bits" in operation ? operation.bits : -1);
    this.position = block;
  }
}

const readLog = (log: Log): Meaning => ({ operation: { op: "rand", result: "0x01", seed: "0x02", bits: Number(log.data) } });
const follow = (chain: FakeChain, engine: FakeEngine): ReturnType<typeof createFollower> => createFollower({ chain, engine, graph: { add: () => undefined }, readLog, log: silentLog });

const steps = fc.array(
  fc.oneof(
    fc.array(fc.nat(), { maxLength: 3 }).map((logs) => ({ kind: "mine" as const, logs })),
    fc.nat().map((depth) => ({ kind: "reorganise" as const, depth })),
    fc.constant({ kind: "restart" as const }),
    fc.constant({ kind: "fail" as const }),
    fc.constant({ kind: "follow" as const }),
  ),
  { maxLength: 30 },
);

test("whatever is mined, mined again, restarted or failed in between, the engine ends up knowing every log of the chain", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (plan) => {
      const chain = new FakeChain();
      const engine = new FakeEngine();
      let follower = follow(chain, engine);
      for (const step of plan) {
        if (step.kind === "mine") chain.mine(step.logs);
        else if (step.kind === "reorganise") chain.mineAgainFrom(1 + (step.depth % chain.blocks.length));
        else if (step.kind === "restart") follower = follow(chain, engine);
        else if (step.kind === "fail") engine.failures = 1;
        else await follower.catchUp().catch(() => undefined);
      }
      engine.failures = 0;
      await follower.catchUp();
      const all = new Set(chain.blocks.flatMap(({ logs }) => logs));
      expect([...all].filter((one) => !engine.known.has(one))).toEqual([]);
    }),
    { seed: 21, numRuns: 300 },
  );
});

test("a reorganised chain is recorded again from the fork, not from the beginning", async () => {
  const chain = new FakeChain();
  const engine = new FakeEngine();
  const follower = follow(chain, engine);
  for (let block = 1; block <= 20; block += 1) {
    chain.mine([block]);
    await follower.catchUp();
  }
  chain.mineAgainFrom(18);
  chain.mine([100]);
  engine.known.clear();
  await follower.catchUp();
  expect([...engine.known].sort((left, right) => left - right)).toEqual([18, 19, 20, 100]);
});

test("a new follower goes on from the engine's cursor", async () => {
  const chain = new FakeChain();
  const engine = new FakeEngine();
  for (let block = 1; block <= 5; block += 1) chain.mine([block]);
  await follow(chain, engine).catchUp();
  engine.known.clear();
  chain.mine([6]);
  await follow(chain, engine).catchUp();
  expect([...engine.known]).toEqual([6]);
});

test("blocks are recorded whole and in order, empty ones not at all", () => {
  const log = (blockNumber: number, data: string): Log => ({ address: "", topics: [], data, blockNumber, blockHash: bigintToHex(BigInt(blockNumber), 1), transactionHash: "" });
  const records = recordsOf([log(2, "20"), log(2, "21"), log(7, "70"), log(1, "10")], readLog);
  expect(records.map(({ block, operations }) => [block.number, operations.map((one) => ("bits" in one ? one.bits : -1))])).toEqual([[1, [10]], [2, [20, 21]], [7, [70]]]);
});
