import type { Interface } from "ethers";
import { beforeAll, expect, test } from "vitest";
import { bigintToHex, type Hex } from "@/lib/kernel/hex";
import { HOST_ADDRESSES } from "@/local/devnet/constants";
import { readHostContracts } from "@/local/devnet/host-contracts";
import { createLogReader, logSchema, type Log, type Meaning } from "@/local/devnet/operation";

let abis: { executor: Interface; acl: Interface };
let readLog: (log: Log) => Meaning;
beforeAll(async () => {
  const { executor, acl } = await readHostContracts();
  abis = { executor: executor.abi, acl: acl.abi };
  readLog = createLogReader(abis);
});

const caller = "0x00000000000000000000000000000000000000C1";
const other = "0x00000000000000000000000000000000000000d2";
const handle = (name: number, type = 8): Hex => `0x${name.toString(16).padStart(60, "0")}${type.toString(16).padStart(2, "0")}00`;
const [a, b, c, r] = [handle(1), handle(2), handle(3, 0), handle(4)];

function meaningOf(contract: "executor" | "acl", name: string, args: readonly unknown[]): Meaning {
  const { topics, data } = abis[contract].encodeEventLog(name, args);
  return readLog(logSchema.parse({ address: HOST_ADDRESSES[contract].toLowerCase(), topics, data, blockNumber: "0x1", blockHash: "0x01", transactionHash: "0x02" }));
}

const binaries = [
  ["FheAdd", "add"], ["FheSub", "sub"], ["FheMul", "mul"], ["FheDiv", "div"], ["FheRem", "rem"], ["FheBitAnd", "and"], ["FheBitOr", "or"],
  ["FheBitXor", "xor"], ["FheShl", "shl"], ["FheShr", "shr"], ["FheRotl", "rotl"], ["FheRotr", "rotr"], ["FheEq", "eq"], ["FheNe", "ne"],
  ["FheGe", "ge"], ["FheGt", "gt"], ["FheLe", "le"], ["FheLt", "lt"], ["FheMin", "min"], ["FheMax", "max"],
] as const;

test.each(binaries)("%s is %s, of two handles or of a handle and a public number", (name, op) => {
  expect(meaningOf("executor", name, [caller, a, b, "0x00", r])).toEqual({ operation: { op, result: r, left: a, right: b } });
  const scalar = bigintToHex(5n, 32);
  expect(meaningOf("executor", name, [caller, a, scalar, "0x01", r])).toEqual({ operation: { op, result: r, left: a, scalar } });
});

test("every event of the executor that makes a handle is understood", () => {
  const made: string[] = [];
  abis.executor.forEachEvent((event) => {
    if (event.inputs.some(({ name }) => name === "result")) made.push(event.name);
  });
  const understood = [...binaries.map(([name]) => name), "FheNeg", "FheNot", "Cast", "TrivialEncrypt", "FheIfThenElse", "FheRand", "FheRandBounded", "VerifyInput"];
  expect(made.sort()).toEqual([...understood].sort());
});

test("operations of one operand, selection and public numbers", () => {
  expect(meaningOf("executor", "FheNot", [caller, a, r])).toEqual({ operation: { op: "not", result: r, value: a } });
  expect(meaningOf("executor", "FheNeg", [caller, a, r])).toEqual({ operation: { op: "neg", result: r, value: a } });
  expect(meaningOf("executor", "Cast", [caller, a, 5, handle(4, 5)])).toEqual({ operation: { op: "cast", result: handle(4, 5), value: a } });
  expect(meaningOf("executor", "FheIfThenElse", [caller, c, a, b, r])).toEqual({ operation: { op: "select", result: r, control: c, ifTrue: a, ifFalse: b } });
  expect(meaningOf("executor", "TrivialEncrypt", [caller, 7n, 8, r])).toEqual({ operation: { op: "trivial", result: r, scalar: bigintToHex(7n, 32) } });
});

test("a random number has all bits of its type, or as many as its bound allows", () => {
  const seed: Hex = `0x${"5e".repeat(16)}`;
  expect(meaningOf("executor", "FheRand", [caller, 8, seed, r])).toEqual({ operation: { op: "rand", result: r, seed, bits: 256 } });
  expect(meaningOf("executor", "FheRand", [caller, 0, seed, c])).toEqual({ operation: { op: "rand", result: c, seed, bits: 1 } });
  expect(meaningOf("executor", "FheRandBounded", [caller, 64n, 8, seed, r])).toEqual({ operation: { op: "rand", result: r, seed, bits: 6 } });
});

test("an input that was attested before needs no operation", () => {
  expect(meaningOf("executor", "VerifyInput", [caller, r, other, "0x", 8, r])).toEqual({});
});

test("a contract that allows itself keeps state; anybody else, and the public, waits to read", () => {
  expect(meaningOf("acl", "Allowed", [caller, caller, r])).toEqual({ allowed: [{ handle: r, grantee: "contract" }] });
  expect(meaningOf("acl", "Allowed", [caller, other, r])).toEqual({ allowed: [{ handle: r, grantee: "vault" }] });
  expect(meaningOf("acl", "AllowedForDecryption", [caller, [a, r]])).toEqual({ allowed: [{ handle: a, grantee: "vault" }, { handle: r, grantee: "vault" }] });
});

test("other logs of the access list mean nothing", () => {
  expect(meaningOf("acl", "BlockedAccount", [other])).toEqual({ allowed: [] });
});
