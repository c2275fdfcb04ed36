import { createHmac } from "node:crypto";
import { hexToBytes } from "@/lib/kernel/hex";
import type { BinaryName, Handle, Operation } from "@/local/devnet/engine";
import { typeOfHandle, type FheType } from "@/local/devnet/fhe-type";

/** Whether a value of the type holds the number; a boolean is "not zero". */
export function truncate(value: bigint, type: FheType): bigint {
  return type.bits === 1 ? BigInt(value !== 0n) : BigInt.asUintN(type.bits, value);
}

type Binary = (left: bigint, right: bigint, bits: number) => bigint;

function rotateLeft(value: bigint, amount: bigint, bits: number): bigint {
  return (value << amount) | (value >> (BigInt(bits) - amount));
}

/** What each operation does to numbers that fit its type; the result is cut to the result's type afterwards. */
const binaries: Readonly<Record<BinaryName, Binary>> = {
  add: (left, right) => left + right,
  sub: (left, right) => left - right,
  mul: (left, right) => left * right,
  div: (left, right) => left / right,
  rem: (left, right) => left % right,
  and: (left, right) => left & right,
  or: (left, right) => left | right,
  xor: (left, right) => left ^ right,
  // Amounts count modulo the width, as in the network's coprocessor (tfhe_ops.rs).
  shl: (left, right, bits) => left << right % BigInt(bits),
  shr: (left, right, bits) => left >> right % BigInt(bits),
  rotl: (left, right, bits) => rotateLeft(left, right % BigInt(bits), bits),
  rotr: (left, right, bits) => rotateLeft(left, BigInt(bits) - (right % BigInt(bits)), bits),
  eq: (left, right) => BigInt(left === right),
  ne: (left, right) => BigInt(left !== right),
  ge: (left, right) => BigInt(left >= right),
  gt: (left, right) => BigInt(left > right),
  le: (left, right) => BigInt(left <= right),
  lt: (left, right) => BigInt(left < right),
  min: (left, right) => (left < right ? left : right),
  max: (left, right) => (left > right ? left : right),
};

/**
 * The random number of a public seed: a keyed function of seed and type, so that, as on the network, the same seed gives
 * the same number, and who has the seed but not the key knows nothing about it. 256 bits.
 */
function random(secretKey: Uint8Array, seed: Uint8Array, type: FheType): bigint {
  const digest = createHmac("sha256", secretKey).update(seed).update(Uint8Array.of(type.id)).digest("hex");
  return BigInt(`0x${digest}`);
}

/** Where an operation's operands and random numbers come from. */
export type Evaluation = { valueOf(handle: Handle): bigint; secretKey: Uint8Array };

/** The clear value of an operation's result. Throws what `valueOf` throws, and a RangeError for a type that does not exist or a division by zero. */
export function evaluate(operation: Operation, { valueOf, secretKey }: Evaluation): bigint {
  const type = typeOfHandle(operation.result);
  switch (operation.op) {
    case "not":
      return truncate(type.bits === 1 ? 1n - valueOf(operation.value) : ~valueOf(operation.value), type);
    case "neg":
      return truncate(-valueOf(operation.value), type);
    case "cast":
      return truncate(valueOf(operation.value), type);
    case "select":
      return valueOf(operation.control) === 0n ? valueOf(operation.ifFalse) : valueOf(operation.ifTrue);
    case "trivial":
      return truncate(BigInt(operation.scalar), type);
    case "rand":
      return BigInt.asUintN(operation.bits, random(secretKey, hexToBytes(operation.seed), type));
    default: {
      const width = typeOfHandle(operation.left);
      const right = "scalar" in operation ? truncate(BigInt(operation.scalar), width) : valueOf(operation.right);
      return truncate(binaries[operation.op](valueOf(operation.left), right, width.bits), type);
    }
  }
}
