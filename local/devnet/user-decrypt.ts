import { verifyTypedData, type Wallet } from "ethers";
import type { Clock } from "@/lib/kernel/time";
import type { Hex } from "@/lib/kernel/hex";
import { checkBits, type Ciphertexts } from "@/local/devnet/ciphertexts";
import type { Handle } from "@/local/devnet/engine";
import { buildUserDecryptionResponse, type UserDecryption, type UserDecryptionResponse } from "@/local/devnet/kms-response";
import { refuseField, RelayerRefusal } from "@/local/devnet/relayer-refusal";
import { delegatedRequestTypes, requestDomain, userRequestTypes } from "@/local/devnet/typed-data";

/** A reader's request, direct or delegated, in one shape. */
export type ReadRequest = {
  handleContractPairs: readonly { handle: Handle; contractAddress: string }[];
  contractAddresses: readonly string[];
  /** Unix seconds and days between which the signature is good. */
  startTimestamp: number;
  durationDays: number;
  /** Field names of the two numbers, for refusals. */
  window: { start: string; duration: string };
  signature: Hex;
  publicKey: Hex;
  /** Whose key signs, and for whom the answer is encrypted. */
  reader: string;
  /** Whose right is used; undefined when the reader's own. */
  delegator?: string;
};

export type ReadServices = {
  ciphertexts: Ciphertexts;
  kms: Wallet;
  clock: Clock;
  signedExtraData: UserDecryption["signedExtraData"];
};

const durationDaysMax = 365;
const secondsPerDay = 86_400;

function checkWindow({ startTimestamp, durationDays, window }: ReadRequest, nowSeconds: number): void {
  if (durationDays < 1 || durationDays > durationDaysMax) throw refuseField(window.duration, `must be 1 to ${durationDaysMax}`);
  if (startTimestamp > nowSeconds) throw refuseField(window.start, "is in the future");
  if (nowSeconds >= startTimestamp + durationDays * secondsPerDay) throw refuseField(window.duration, "has passed since the start: sign a new request");
}

function checkAddresses({ handleContractPairs, contractAddresses, reader, delegator }: ReadRequest): void {
  for (const { contractAddress } of handleContractPairs) {
    if (!contractAddresses.includes(contractAddress)) throw refuseField("handleContractPairs", `name ${contractAddress}, which contractAddresses do not`);
  }
  for (const party of [reader, delegator]) {
    if (party !== undefined && contractAddresses.includes(party)) throw refuseField("contractAddresses", `contain ${party}, who asks; only contracts may stand there`);
  }
}

function recoverSigner({ publicKey, contractAddresses, startTimestamp, durationDays, delegator, signature }: ReadRequest): string | undefined {
  const types = delegator === undefined ? userRequestTypes : delegatedRequestTypes;
  const message = { publicKey, contractAddresses, startTimestamp, durationDays, extraData: "0x00", ...(delegator === undefined ? {} : { delegatorAddress: delegator }) };
  try {
    return verifyTypedData(requestDomain, types, message, signature);
  } catch {
    return undefined; // not a point on the curve: nobody signed that
  }
}

async function checkAccess({ handleContractPairs, reader, delegator }: ReadRequest, ciphertexts: Ciphertexts): Promise<void> {
  for (const { handle, contractAddress } of handleContractPairs) {
    const answers =
      delegator === undefined
        ? await Promise.all([ciphertexts.isAllowed("persistAllowed", [handle, reader]), ciphertexts.isAllowed("persistAllowed", [handle, contractAddress])])
        : [await ciphertexts.isAllowed("isHandleDelegatedForUserDecryption", [delegator, reader, contractAddress, handle])];
    if (answers.every((answer) => answer)) continue;
    const whose = delegator === undefined ? "" : ` on behalf of ${delegator}`;
    throw new RelayerRefusal("not_allowed_on_host_acl", `${reader} may not read handle ${handle} of contract ${contractAddress}${whose}.`);
  }
}

/** What can be refused without asking the chain. */
export function checkReadRequest(request: ReadRequest, nowSeconds: number): void {
  checkBits("handleContractPairs", request.handleContractPairs.map(({ handle }) => handle));
  checkAddresses(request);
  checkWindow(request, nowSeconds);
  if (recoverSigner(request) !== request.reader) throw refuseField("signature", `is not ${request.reader}'s over this request`);
}

/** Checks a reader's request against signature, window and access list, and encrypts the values to her key. */
export async function decryptForReader({ ciphertexts, kms, clock, signedExtraData }: ReadServices, request: ReadRequest): Promise<{ result: UserDecryptionResponse[] }> {
  checkReadRequest(request, Math.floor(clock.nowMs() / 1000));
  await checkAccess(request, ciphertexts);
  const values = await ciphertexts.decrypt(request.handleContractPairs.map(({ handle }) => handle));
  return { result: [buildUserDecryptionResponse({ kms, publicKey: request.publicKey, userAddress: request.reader, values, signedExtraData })] };
}
