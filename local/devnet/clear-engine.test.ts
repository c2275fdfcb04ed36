import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bigintToHex } from "@/lib/kernel/hex";
import { createClearEngine } from "@/local/devnet/clear-engine";
import type { Engine, Handle, Operation } from "@/local/devnet/engine";
import { makeFolder, silentLog } from "@/local/devnet/testing/chain-fixture";

let folder: string;
let remove: () => Promise<void>;
let engine: Engine;
beforeEach(async () => {
  ({ folder, remove } = await makeFolder());
  engine = await open();
});
afterEach(async () => {
  await engine.stop();
  await remove();
});

function open(): Promise<Engine> {
  const at = (name: string): string => path.join(folder, name);
  // The program for proofs is never asked here, so that it need not be there.
  const process = { binary: at("none"), keysFolder: at("keys"), crsFolder: at("crs"), storeFolder: at("store"), pidFile: at("pid"), log: silentLog };
  return createClearEngine({ folder: at("clear"), process });
}

async function reopen(): Promise<void> {
  await engine.stop();
  engine = await open();
}

const word = (name: number): Handle => `0x${bigintToHex(BigInt(name), 30).slice(2)}0800`;
const block = (number: number): { number: number; hash: Handle } => ({ number, hash: bigintToHex(BigInt(number), 32) });
const xor = (result: number, left: number, right: number): Operation => ({ result: word(result), op: "xor", left: word(left), right: word(right) });
const allow = (name: number): { handle: Handle; grantee: "contract" } => ({ handle: word(name), grantee: "contract" });

test("a block's results are kept if they were allowed to somebody, over a restart, and the others are not", async () => {
  await engine.importValues([word(1), word(2)], [12n, 10n]);
  await engine.record({ block: block(5), operations: [xor(3, 1, 2), xor(4, 3, 1)], allowed: [allow(4)] });
  await reopen();
  expect(await engine.decrypt([word(4)])).toEqual([10n]);
  expect(await engine.cursor()).toEqual(block(5));
  await expect(engine.decrypt([word(3)])).rejects.toMatchObject({ code: "engine.refused", details: { reason: "unknown_handle" } });
});

test("recording a block again changes nothing, and an earlier block takes the cursor back", async () => {
  const record = { block: block(5), operations: [{ result: word(1), op: "rand" as const, seed: bigintToHex(9n, 16), bits: 256 }], allowed: [allow(1)] };
  await engine.record(record);
  const [first] = await engine.decrypt([word(1)]);
  await reopen();
  await engine.record(record);
  expect(await engine.decrypt([word(1)])).toEqual([first]);
  await engine.record({ block: block(4), operations: [], allowed: [] });
  expect(await engine.cursor()).toEqual(block(4));
});

test("what cannot be computed fails only those who read it, with the reason", async () => {
  await engine.importValues([word(1)], [1n]);
  const operations: Operation[] = [xor(2, 1, 99), xor(3, 2, 1), { result: word(4), op: "not", value: word(1) }, { result: word(5), op: "div", left: word(1), scalar: bigintToHex(0n, 32) }];
  await engine.record({ block: block(1), operations, allowed: [allow(3), allow(4), allow(5)] });
  expect(await engine.decrypt([word(4)])).toEqual([(1n << 256n) - 2n]);
  await expect(engine.decrypt([word(3)])).rejects.toThrow(word(99));
  await expect(engine.decrypt([word(5)])).rejects.toThrow(/zero/i);
});

test("what was dropped is forgotten", async () => {
  await engine.importValues([word(1), word(2)], [1n, 2n]);
  await engine.drop([word(1)]);
  await expect(engine.decrypt([word(1)])).rejects.toMatchObject({ details: { reason: "unknown_handle" } });
  expect(await engine.decrypt([word(2)])).toEqual([2n]);
});

test("as many values as handles are imported, or none", async () => {
  await expect(engine.importValues([word(1), word(2)], [1n])).rejects.toMatchObject({ code: "engine.refused" });
  await expect(engine.decrypt([word(1)])).rejects.toMatchObject({ code: "engine.refused" });
});
