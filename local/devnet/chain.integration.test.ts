import { cp, readFile } from "node:fs/promises";
import path from "node:path";
import { getCreateAddress, keccak256 } from "ethers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { delay } from "@/lib/kernel/time";
import type { Chain } from "@/local/devnet/chain";
import { createChainClock } from "@/local/devnet/chain-clock";
import { findRecorded } from "@/local/devnet/stale-process";
import { createSender, fund, makeChainFixture, type ChainFixture } from "@/local/devnet/testing/chain-fixture";

let fixture: ChainFixture;
beforeEach(async () => {
  fixture = await makeChainFixture();
});
afterEach(() => fixture.remove());

const receiptSchema = z.object({ blockNumber: z.string().transform(Number), blockHash: z.string() });
const receiptOf = async (chain: Chain, hash: string): Promise<z.infer<typeof receiptSchema> | undefined> => {
  const receipt = await chain.call("eth_getTransactionReceipt", [hash]);
  return receipt === null ? undefined : receiptSchema.parse(receipt);
};
const timeOf = async (chain: Chain, block: number): Promise<number> =>
  z.object({ timestamp: z.string().transform(Number) }).parse(await chain.call("eth_getBlockByNumber", [`0x${block.toString(16)}`, false])).timestamp;

async function killAnvil(): Promise<void> {
  const pid = await findRecorded(path.join(fixture.folder, "anvil.pid"));
  if (pid === undefined) throw new Error("no anvil runs");
  process.kill(pid, "SIGKILL");
}

async function untilUp(chain: Chain): Promise<void> {
  while (chain.isUp) await delay(5);
  while (!chain.isUp) await delay(5);
  await chain.call("eth_chainId");
}

test("what was mined before anvil was killed is in the same blocks at the same times afterwards, and what was only sent is mined next", async () => {
  let nowMs = 1_700_000_000_000;
  const chain = await fixture.open(createChainClock({ nowMs: () => nowMs }));
  const sender = createSender();
  await fund(chain, [sender.address]);
  const hashes = [];
  for (let block = 0; block < 3; block += 1) {
    hashes.push(await chain.submit(await sender.sign({ to: sender.address })), await chain.submit(await sender.sign({ to: sender.address, value: 1n })));
    nowMs += 7_000;
    await chain.mine();
  }
  const waiting = await chain.submit(await sender.sign({ to: sender.address }));
  const before = await Promise.all(hashes.map((hash) => receiptOf(chain, hash)));
  const times = await Promise.all([1, 2, 3].map((block) => timeOf(chain, block)));

  nowMs += 3_600_000;
  await killAnvil();
  await untilUp(chain);

  const after = await Promise.all(hashes.map((hash) => receiptOf(chain, hash)));
  expect(after.map((receipt) => receipt?.blockNumber)).toEqual(before.map((receipt) => receipt?.blockNumber));
  expect(await Promise.all([1, 2, 3].map((block) => timeOf(chain, block)))).toEqual(times);
  expect(await receiptOf(chain, waiting)).toBeUndefined();
  await chain.mine();
  expect(await receiptOf(chain, waiting)).toMatchObject({ blockNumber: 4 });
  expect(await timeOf(chain, 4)).toBe(1_700_003_621);
});

test("a transaction that arrives while anvil is dead is answered and mined", async () => {
  const chain = await fixture.open();
  const sender = createSender();
  await fund(chain, [sender.address]);
  await killAnvil();
  const hash = await chain.submit(await sender.sign({ to: sender.address }));
  await chain.mine();
  expect(await receiptOf(chain, hash)).toMatchObject({ blockNumber: 1 });
});

test("at every moment, what is on disk gives the chain as it was answered", async () => {
  const chain = await fixture.open();
  const sender = createSender();
  await fund(chain, [sender.address]);
  const first = await chain.submit(await sender.sign({ to: sender.address }));
  await chain.mine();
  await chain.persist();
  const second = await chain.submit(await sender.sign({ to: sender.address }));
  await chain.mine();
  const third = await chain.submit(await sender.sign({ to: sender.address }));
  const copy = await makeChainFixture();
  await cp(fixture.folder, copy.folder, { recursive: true, filter: (source) => !source.endsWith(".pid") });
  try {
    const opened = await copy.open();
    expect(await receiptOf(opened, first)).toEqual(await receiptOf(chain, first));
    expect(await receiptOf(opened, second)).toMatchObject({ blockNumber: 2 });
    await opened.mine();
    expect(await receiptOf(opened, third)).toMatchObject({ blockNumber: 3 });
  } finally {
    await copy.remove();
  }
});

test("an orderly stop keeps every block, hashes included", async () => {
  const stopped = await fixture.open();
  const sender = createSender();
  await fund(stopped, [sender.address]);
  await stopped.submit(await sender.sign({ to: sender.address }));
  const head = await stopped.mine();
  await stopped.stop();
  const opened = await fixture.open();
  expect(opened.head).toEqual(head);
  expect(await readFile(path.join(fixture.folder, "journal.jsonl"), "utf8")).toBe("");
});

test("a transaction that the node refused is not tried again after a crash", async () => {
  const chain = await fixture.open();
  const sender = createSender();
  const poor = await sender.sign({ to: sender.address });
  await fund(chain, []);
  await expect(chain.submit(poor)).rejects.toThrow(/funds/i);
  await chain.alter(async (node) => node.call("anvil_setBalance", [sender.address, "0x56bc75e2d63100000"]));
  await killAnvil();
  await untilUp(chain);
  await chain.mine();
  expect(await receiptOf(chain, keccak256(poor))).toBeUndefined();
});

test("when anvil has grown it is started again without losing a block, a hash or what was only sent", async () => {
  const chain = await fixture.open();
  const sender = createSender();
  await fund(chain, [sender.address]);
  const hash = await chain.submit(await sender.sign({ to: sender.address }));
  const first = await chain.mine();
  const pid = await findRecorded(path.join(fixture.folder, "anvil.pid"));
  // A contract that burns all the gas it gets: INVALID as its init code.
  for (let sent = 0; sent < 25; sent += 1) {
    await chain.submit(await sender.sign({ data: "0xfe" }));
    await chain.mine();
  }
  const waiting = await chain.submit(await sender.sign({ to: sender.address }));
  expect(await findRecorded(path.join(fixture.folder, "anvil.pid"))).not.toBe(pid);
  expect(await receiptOf(chain, hash)).toEqual({ blockNumber: 1, blockHash: first.hash });
  await chain.mine();
  expect(await receiptOf(chain, waiting)).toMatchObject({ blockNumber: 27 });
});

test("a transaction above 16,777,216 gas and code above 24,576 bytes are refused, as on Ethereum", async () => {
  const chain = await fixture.open();
  const sender = createSender();
  await fund(chain, [sender.address]);
  await expect(chain.submit(await sender.sign({ to: sender.address, gasLimit: 16_777_217, nonce: 0 }))).rejects.toThrow(/gas/i);
  // Init code that returns its own length in zeros: PUSH3 size, PUSH1 0, RETURN.
  const create = async (size: number, nonce: number): Promise<unknown> => {
    await chain.submit(await sender.sign({ data: `0x62${size.toString(16).padStart(6, "0")}6000f3`, nonce }));
    await chain.mine();
    return chain.call("eth_getCode", [getCreateAddress({ from: sender.address, nonce }), "latest"]);
  };
  expect(await create(24_576, 0)).toHaveLength(2 + 2 * 24_576);
  expect(await create(24_577, 1)).toBe("0x");
});
