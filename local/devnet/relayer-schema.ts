import { getAddress, isAddress } from "ethers";
import { z } from "zod";
import { isHex } from "@/lib/kernel/hex";
import { CHAIN_ID } from "@/local/devnet/constants";
import { findFheType, typeOfHandle } from "@/local/devnet/fhe-type";
import { READER_KEY_BYTES } from "@/local/devnet/kms-response";
import { RelayerRefusal, type RefusalDetail } from "@/local/devnet/relayer-refusal";

const address = z.string().refine((text) => isAddress(text), "must be a 20-byte address").transform((text) => getAddress(text));
const bareHex = z
  .string()
  .regex(/^(?:[0-9a-fA-F]{2})+$/, "must be hexadecimal without 0x")
  .transform((digits) => `0x${digits}`)
  .refine(isHex);
const bareHexOf = (bytes: number): typeof bareHex => bareHex.refine((hex) => hex.length === 2 + 2 * bytes, `must be ${bytes} bytes`);
const extraData = z.literal("0x00", "must be 0x00");
const decimal = z.string().regex(/^[0-9]{1,15}$/, "must be a decimal number as text").transform(Number);

function isOurHandle(handle: string): boolean {
  const chain = BigInt(`0x${handle.slice(2 + 2 * 22, 2 + 2 * 30)}`);
  const type = Number.parseInt(handle.slice(2 + 2 * 30, 2 + 2 * 31), 16);
  return chain === BigInt(CHAIN_ID) && findFheType(type) !== undefined && handle.endsWith("00");
}

const handle = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/, "must be 32 bytes behind 0x")
  .refine(isOurHandle, `must be a handle of chain ${CHAIN_ID} with a known type and version 0`)
  .transform((text) => text.toLowerCase())
  .refine(isHex);

export const inputProofSchema = z.object({
  contractChainId: z.string().refine((text) => isHex(text.length % 2 === 0 ? text : text.replace("0x", "0x0")) && Number(text) === CHAIN_ID, `must be 0x${CHAIN_ID.toString(16)}`),
  contractAddress: address,
  userAddress: address,
  ciphertextWithInputVerification: bareHex,
  extraData,
});

const contractsOfRequestMax = 10;
const common = {
  handleContractPairs: z.array(z.object({ handle, contractAddress: address })).min(1, "must not be empty"),
  contractsChainId: z.string().refine((text) => text === String(CHAIN_ID), `must be ${CHAIN_ID}`),
  contractAddresses: z.array(address).min(1, "must not be empty").max(contractsOfRequestMax, `must be at most ${contractsOfRequestMax}`),
  signature: bareHexOf(65),
  publicKey: bareHexOf(READER_KEY_BYTES),
  extraData,
};

export const userDecryptSchema = z.object({
  ...common,
  requestValidity: z.object({ startTimestamp: decimal, durationDays: decimal }),
  userAddress: address,
});

export const delegatedUserDecryptSchema = z.object({
  ...common,
  startTimestamp: decimal,
  durationDays: decimal,
  delegatorAddress: address,
  delegateAddress: address,
});

export const publicDecryptSchema = z.object({ ciphertextHandles: z.array(handle).min(1, "must not be empty"), extraData });

export type InputProofRequest = z.infer<typeof inputProofSchema>;
export type PublicDecryptRequest = z.infer<typeof publicDecryptSchema>;

/** Sum of the bits that handles count for. */
export function countBits(handles: readonly z.infer<typeof handle>[]): number {
  return handles.reduce((total, one) => total + typeOfHandle(one).countedBits, 0);
}

function isMissing(body: unknown, path: readonly PropertyKey[]): boolean {
  let value = body;
  for (const key of path) value = typeof value === "object" && value !== null ? new Map(Object.entries(value)).get(String(key)) : undefined;
  return value === undefined;
}

/** Reads a request's body; refuses with `missing_fields` when a field is not there, with `validation_failed` when one is wrong. */
export function parseRequest<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => ({ missing: isMissing(body, issue.path), detail: { field: issue.path.join("."), issue: issue.message } }));
  const missing = issues.filter((issue) => issue.missing).map(({ detail }): RefusalDetail => ({ field: detail.field, issue: "is missing" }));
  if (missing.length > 0) throw new RelayerRefusal("missing_fields", `Missing: ${missing.map(({ field }) => field).join(", ")}`, missing);
  const wrong = issues.map(({ detail }) => detail);
  throw new RelayerRefusal("validation_failed", wrong.map(({ field, issue }) => `${field} ${issue}`).join("; "), wrong);
}
