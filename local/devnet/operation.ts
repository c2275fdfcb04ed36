import type { Interface, LogDescription } from "ethers";
import { z } from "zod";
import { bigintToHex, isHex } from "@/lib/kernel/hex";
import { HOST_ADDRESSES } from "@/local/devnet/constants";
import type { Allowance, BinaryName, Handle, Operation } from "@/local/devnet/engine";
import { typeOfHandle } from "@/local/devnet/fhe-type";

/** A log of the chain as `eth_getLogs` answers it. */
export const logSchema = z.object({
  address: z.string(),
  topics: z.array(z.string()),
  data: z.string(),
  blockNumber: z.string().transform(Number),
  blockHash: z.string().refine(isHex),
  transactionHash: z.string(),
});
export type Log = z.infer<typeof logSchema>;

/** What one log means to the engine; most logs of the ACL mean nothing. */
export type Meaning = { operation?: Operation; allowed?: readonly Allowance[] };

const bytes = z.string().refine(isHex);

const binaryNames: Readonly<Record<string, BinaryName>> = {
  FheAdd: "add", FheSub: "sub", FheMul: "mul", FheDiv: "div", FheRem: "rem",
  FheBitAnd: "and", FheBitOr: "or", FheBitXor: "xor",
  FheShl: "shl", FheShr: "shr", FheRotl: "rotl", FheRotr: "rotr",
  FheEq: "eq", FheNe: "ne", FheGe: "ge", FheGt: "gt", FheLe: "le", FheLt: "lt", FheMin: "min", FheMax: "max",
};
const unaryNames: Readonly<Record<string, "not" | "neg" | "cast">> = { FheNot: "not", FheNeg: "neg", Cast: "cast" };

/** Scalars are 32 bytes whatever the type; a scalar byte of 0x01 says that `rhs` is one. */
function binaryOperation(op: BinaryName, event: LogDescription): Operation {
  const { lhs, rhs, scalarByte, result } = binaryArguments.parse(event.args.toObject());
  const base = { result, op, left: lhs };
  return scalarByte === "0x01" ? { ...base, scalar: rhs } : { ...base, right: rhs };
}

const binaryArguments = z.object({ lhs: bytes, rhs: bytes, scalarByte: bytes, result: bytes });
const unaryArguments = z.object({ ct: bytes, result: bytes });
const selectArguments = z.object({ control: bytes, ifTrue: bytes, ifFalse: bytes, result: bytes });
const trivialArguments = z.object({ pt: z.bigint(), result: bytes });
const randomArguments = z.object({ seed: bytes, upperBound: z.bigint().optional(), result: bytes });

/** The bound of a bounded random number is a power of two; without one, all bits of the type are random. */
function randomBits(upperBound: bigint | undefined, result: Handle): number {
  return upperBound === undefined ? typeOfHandle(result).bits : upperBound.toString(2).length - 1;
}

function operationOf(event: LogDescription): Operation | undefined {
  const binary = binaryNames[event.name];
  if (binary !== undefined) return binaryOperation(binary, event);
  const args: unknown = event.args.toObject();
  const unary = unaryNames[event.name];
  if (unary !== undefined) {
    const { ct, result } = unaryArguments.parse(args);
    return { result, op: unary, value: ct };
  }
  switch (event.name) {
    case "FheIfThenElse":
      return { op: "select", ...selectArguments.parse(args) };
    case "TrivialEncrypt": {
      const { pt, result } = trivialArguments.parse(args);
      return { result, op: "trivial", scalar: bigintToHex(pt, 32) };
    }
    case "FheRand":
    case "FheRandBounded": {
      const { seed, upperBound, result } = randomArguments.parse(args);
      return { result, op: "rand", seed, bits: randomBits(upperBound, result) };
    }
    default:
      return undefined; // VerifyInput: its handle was bound when the input was attested
  }
}

const allowedArguments = z.object({ caller: z.string(), account: z.string(), handle: bytes });
const publicArguments = z.object({ handlesList: z.array(bytes) });

/** A contract that allows itself keeps state. Anyone else, and the whole world, waits to read. */
function allowancesOf(event: LogDescription): readonly Allowance[] {
  if (event.name === "AllowedForDecryption") {
    return publicArguments.parse(event.args.toObject()).handlesList.map((handle) => ({ handle, grantee: "vault" }));
  }
  if (event.name !== "Allowed") return [];
  const { caller, account, handle } = allowedArguments.parse(event.args.toObject());
  return [{ handle, grantee: caller === account ? "contract" : "vault" }];
}

/** Reads logs of the executor and of the ACL. Source of the events: @fhevm/host-contracts 0.10.0, FHEEvents.sol and ACLEvents.sol. */
export function createLogReader(abis: { executor: Interface; acl: Interface }): (log: Log) => Meaning {
  return (log) => {
    const isExecutor = log.address.toLowerCase() === HOST_ADDRESSES.executor.toLowerCase();
    const event = (isExecutor ? abis.executor : abis.acl).parseLog(log);
    if (event === null) return {};
    if (!isExecutor) return { allowed: allowancesOf(event) };
    const operation = operationOf(event);
    return operation === undefined ? {} : { operation };
  };
}
