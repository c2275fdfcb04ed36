import fc from "fast-check";
import { expect, test } from "vitest";
import { bigintToHex, type Hex } from "@/lib/kernel/hex";
import { evaluate, truncate } from "@/local/devnet/clear-operations";
import type { BinaryName, Handle, Operation } from "@/local/devnet/engine";
import { findFheType, type FheType } from "@/local/devnet/fhe-type";
import * as model from "@/local/devnet/testing/bit-model";

const secretKey = new Uint8Array(32).fill(7);

function typeOf(id: number): FheType {
  const type = findFheType(id);
  if (type === undefined) throw new Error(`no type ${id}`);
  return type;
}

/** A handle of that type; `name` tells handles apart. */
const handle = (id: number, name: number): Handle => `0x${bigintToHex(BigInt(name), 30).slice(2)}${id.toString(16).padStart(2, "0")}00`;

const integers = [2, 3, 4, 5, 6, 8];
const word = fc.bigInt({ min: 0n, max: (1n << 256n) - 1n });
/** Operands with many equal and extreme values among them. */
const pairs = fc
  .tuple(fc.constantFrom(...integers), word, word, fc.constantFrom("free", "equal", "zero", "ones"))
  .map(([id, left, right, shape]) => {
    const cut = (value: bigint): bigint => BigInt.asUintN(typeOf(id).bits, value);
    const other = { free: right, equal: left, zero: 0n, ones: (1n << 256n) - 1n }[shape];
    return { id, left: cut(left), right: cut(other) };
  });

const isComparison = (op: BinaryName): boolean => ["eq", "ne", "ge", "gt", "le", "lt"].includes(op);

function modelOf(op: BinaryName, left: model.Bits, right: model.Bits): model.Bits {
  const places = Number(model.fromBits(right) % BigInt(left.length));
  const less = model.isLess(left, right);
  const greater = model.isLess(right, left);
  const bits = (bit: (index: number) => boolean): model.Bits => left.map((_, index) => bit(index));
  const results: Record<BinaryName, () => model.Bits> = {
    add: () => model.add(left, right),
    sub: () => model.subtract(left, right),
    mul: () => model.multiply(left, right),
    div: () => model.divide(left, right).quotient,
    rem: () => model.divide(left, right).remainder,
    and: () => bits((index) => left[index] === true && right[index] === true),
    or: () => bits((index) => left[index] === true || right[index] === true),
    xor: () => bits((index) => left[index] !== right[index]),
    shl: () => model.shiftUp(left, places),
    shr: () => model.shiftDown(left, places),
    rotl: () => model.rotateUp(left, places),
    rotr: () => model.rotateUp(left, left.length - places),
    eq: () => [!less && !greater],
    ne: () => [less || greater],
    ge: () => [!less],
    gt: () => [greater],
    le: () => [!greater],
    lt: () => [less],
    min: () => (less ? left : right),
    max: () => (less ? right : left),
  };
  return results[op]();
}

const names: readonly BinaryName[] = ["add", "sub", "mul", "div", "rem", "and", "or", "xor", "shl", "shr", "rotl", "rotr", "eq", "ne", "ge", "gt", "le", "lt", "min", "max"];

test.each(names)("%s of two encrypted numbers, and of one and a public number, is what arithmetic on bits gives", (op) => {
  fc.assert(
    fc.property(pairs, ({ id, left, right }) => {
      fc.pre(right !== 0n || (op !== "div" && op !== "rem"));
      const [a, b] = [handle(id, 1), handle(id, 2)];
      const result = handle(isComparison(op) ? 0 : id, 3);
      const valueOf = (one: Handle): bigint => (one === a ? left : right);
      const width = typeOf(id).bits;
      const expected = model.fromBits(modelOf(op, model.toBits(left, width), model.toBits(right, width)));
      expect(evaluate({ result, op, left: a, right: b }, { valueOf, secretKey })).toBe(expected);
      expect(evaluate({ result, op, left: a, scalar: bigintToHex(right, 32) }, { valueOf, secretKey })).toBe(expected);
    }),
    { seed: 11, numRuns: 120 },
  );
});

const one = (operation: Operation, values: Record<Handle, bigint>): bigint =>
  evaluate(operation, {
    valueOf: (name) => {
      const value = values[name];
      if (value === undefined) throw new Error(`asked for ${name}`);
      return value;
    },
    secretKey,
  });

test("not, neg and cast keep to the width of their result", () => {
  fc.assert(
    fc.property(fc.constantFrom(...integers), fc.constantFrom(...integers), word, (from, to, raw) => {
      const value = BigInt.asUintN(typeOf(from).bits, raw);
      const bits = model.toBits(value, typeOf(from).bits);
      const source = handle(from, 1);
      expect(one({ result: handle(from, 2), op: "not", value: source }, { [source]: value })).toBe(model.fromBits(model.not(bits)));
      expect(one({ result: handle(from, 2), op: "neg", value: source }, { [source]: value })).toBe(model.fromBits(model.subtract(bits.map(() => false), bits)));
      expect(one({ result: handle(to, 2), op: "cast", value: source }, { [source]: value })).toBe(model.fromBits(model.toBits(value, typeOf(to).bits)));
    }),
    { seed: 12, numRuns: 200 },
  );
});

test("booleans: not flips, a public operand counts as not zero, select follows its control", () => {
  const [control, left, right] = [handle(0, 1), handle(8, 2), handle(8, 3)];
  for (const bit of [0n, 1n]) {
    expect(one({ result: handle(0, 4), op: "not", value: control }, { [control]: bit })).toBe(1n - bit);
    expect(one({ result: handle(0, 4), op: "and", left: control, scalar: bigintToHex(4n, 32) }, { [control]: bit })).toBe(bit);
    expect(one({ result: handle(8, 4), op: "select", control, ifTrue: left, ifFalse: right }, { [control]: bit, [left]: 5n, [right]: 6n })).toBe(bit === 1n ? 5n : 6n);
  }
});

test("a public number is cut to its type", () => {
  const scalar = bigintToHex(0x1ffn, 32);
  expect(one({ result: handle(2, 1), op: "trivial", scalar }, {})).toBe(0xffn);
  expect(one({ result: handle(0, 1), op: "trivial", scalar }, {})).toBe(1n);
  const source = handle(2, 2);
  expect(one({ result: handle(2, 1), op: "add", left: source, scalar }, { [source]: 2n })).toBe(1n);
});

test("random numbers follow from key, seed and type alone, fill their bits and no more, and look uniform", () => {
  const draw = (seed: number, id = 8, bits = typeOf(id).bits, key = secretKey): bigint =>
    evaluate({ result: handle(id, seed + 1), op: "rand", seed: bigintToHex(BigInt(seed), 16) satisfies Hex, bits }, { valueOf: () => 0n, secretKey: key });
  expect(draw(1)).toBe(draw(1));
  expect(draw(1)).not.toBe(draw(2));
  expect(draw(1)).not.toBe(draw(1, 8, 256, new Uint8Array(32)));
  expect(truncate(draw(1, 8), typeOf(5))).not.toBe(draw(1, 5));
  for (let seed = 0; seed < 50; seed += 1) expect(draw(seed, 8, 3)).toBeLessThan(8n);
  // 200 words of 256 bits: each of the 256 places is a sum of 200 coin tosses; chi-square over places, 256 degrees.
  const ones = Array.from({ length: 256 }, () => 0);
  for (let seed = 0; seed < 200; seed += 1) model.toBits(draw(seed), 256).forEach((bit, place) => (ones[place] = (ones[place] ?? 0) + Number(bit)));
  const chiSquare = ones.reduce((sum, count) => sum + (count - 100) ** 2 / 50, 0);
  expect(chiSquare).toBeGreaterThan(170);
  expect(chiSquare).toBeLessThan(350);
});
