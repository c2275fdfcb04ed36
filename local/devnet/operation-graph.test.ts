import path from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bigintToHex } from "@/lib/kernel/hex";
import type { Handle, Operation } from "@/local/devnet/engine";
import { openOperationGraph, operandsOf, type OperationGraph } from "@/local/devnet/operation-graph";
import { makeFolder } from "@/local/devnet/testing/chain-fixture";

let file: string;
let graph: OperationGraph;
let remove: () => Promise<void>;
beforeEach(async () => {
  const made = await makeFolder();
  remove = made.remove;
  file = path.join(made.folder, "graph", "graph.sqlite");
  graph = openOperationGraph(file);
});
afterEach(async () => {
  graph.close();
  await remove();
});

const word = (name: number): Handle => `0x${bigintToHex(BigInt(name), 30).slice(2)}0800`;
const block = { number: 1, hash: "0x01" } as const;
const allow = (name: number): { handle: Handle; grantee: "contract" } => ({ handle: word(name), grantee: "contract" });

/** Operation n needs two handles before it; the first few are inputs and constants. */
const graphs = fc.array(fc.tuple(fc.nat(), fc.nat(), fc.boolean()), { minLength: 1, maxLength: 25 }).map((plan) =>
  plan.map(([left, right, isAllowed], index) => {
    const name = index + 3;
    return { name, operands: [left % name, right % name], isAllowed };
  }),
);

test("ancestors are what can be reached; exclusive ones are inputs or allowed, no constants, and used by nothing outside", () => {
  fc.assert(
    fc.property(graphs, fc.nat(), (plan, pick) => {
      const fresh = openOperationGraph(":memory:");
      const constant: Operation = { result: word(0), op: "trivial", scalar: bigintToHex(0n, 32) };
      const operations = plan.map(({ name, operands: [left = 0, right = 0] }): Operation => ({ result: word(name), op: "xor", left: word(left), right: word(right) }));
      const allowed = [allow(0), allow(1), ...plan.filter(({ isAllowed }) => isAllowed).map(({ name }) => allow(name))];
      fresh.add({ block, operations: [constant, ...operations], allowed });
      fresh.add({ block, operations: [constant, ...operations], allowed });

      const root = plan[pick % plan.length]?.name ?? 0;
      const reached = new Set([root]);
      for (const { name, operands } of [...plan].reverse()) if (reached.has(name)) operands.forEach((operand) => reached.add(operand));
      const isAllowed = new Set(allowed.map(({ handle }) => handle));
      const outside = new Set(plan.filter(({ name }) => !reached.has(name)).flatMap(({ operands }) => operands));
      const exclusive = [...reached].filter((name) => name !== 0 && (isAllowed.has(word(name)) || name <= 2) && !outside.has(name));

      const ancestors = fresh.ancestors([word(root)]);
      expect(ancestors.sort()).toEqual([...reached].map(word).sort());
      expect(fresh.exclusive(ancestors).sort()).toEqual(exclusive.map(word).sort());
      fresh.close();
    }),
    { seed: 31, numRuns: 150 },
  );
});

test("what was removed is gone, also after opening again", () => {
  graph.add({ block, operations: [{ result: word(2), op: "not", value: word(1) }], allowed: [allow(2)] });
  graph.markDropped(7n);
  graph.close();
  graph = openOperationGraph(file);
  expect(graph.ancestors([word(2)]).sort()).toEqual([word(1), word(2)]);
  expect([graph.isDropped(7n), graph.isDropped(8n)]).toEqual([true, false]);
  graph.remove([word(2)]);
  expect(graph.ancestors([word(2)])).toEqual([word(2)]);
});

test("every kind of operation names what it needs", () => {
  const [result, a, b, c] = [word(9), word(1), word(2), word(3)];
  expect(operandsOf({ result, op: "add", left: a, right: b })).toEqual([a, b]);
  expect(operandsOf({ result, op: "shl", left: a, scalar: b })).toEqual([a]);
  expect(operandsOf({ result, op: "cast", value: a })).toEqual([a]);
  expect(operandsOf({ result, op: "select", control: a, ifTrue: b, ifFalse: c })).toEqual([a, b, c]);
  expect(operandsOf({ result, op: "trivial", scalar: a })).toEqual([]);
  expect(operandsOf({ result, op: "rand", seed: a, bits: 8 })).toEqual([]);
});
