import { z } from "zod";
import type { Handle } from "@/local/devnet/engine";

/** One of the network's encrypted types: width of its values, and the bits that it counts for in a request's limit. */
export type FheType = { readonly id: number; readonly name: string; readonly bits: number; readonly countedBits: number; readonly bytes: number };

/** By id, as in handles and events. Widths and counted bits: relayer-sdk 0.4.3, FheType tables; bytes: kms 0.12.8, TypedPlaintext. */
const types: readonly FheType[] = [
  { id: 0, name: "ebool", bits: 1, countedBits: 2, bytes: 1 },
  { id: 2, name: "euint8", bits: 8, countedBits: 8, bytes: 1 },
  { id: 3, name: "euint16", bits: 16, countedBits: 16, bytes: 2 },
  { id: 4, name: "euint32", bits: 32, countedBits: 32, bytes: 4 },
  { id: 5, name: "euint64", bits: 64, countedBits: 64, bytes: 8 },
  { id: 6, name: "euint128", bits: 128, countedBits: 128, bytes: 16 },
  { id: 7, name: "eaddress", bits: 160, countedBits: 160, bytes: 20 },
  { id: 8, name: "euint256", bits: 256, countedBits: 256, bytes: 32 },
];

export const EUINT256_ID = 8;

/** The type of that id; undefined when the network has none. */
export function findFheType(id: number): FheType | undefined {
  return types.find((type) => type.id === id);
}

/** The type in a handle's byte 30; throws a RangeError when the network has none of that id. */
export function typeOfHandle(handle: Handle): FheType {
  const id = Number.parseInt(handle.slice(2 + 2 * 30, 2 + 2 * 31), 16);
  const type = findFheType(id);
  if (type === undefined) throw new RangeError(`no encrypted type has the id ${id}`);
  return type;
}

/** Bits of an encrypted input or a decryption request at most; relayer and contracts of the network agree on it. */
export const REQUEST_BITS_MAX = 2_048;

export const fheTypeIdSchema = z.number().int().refine((id) => findFheType(id) !== undefined, "not an encrypted type");
