import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import { bytesToHex, isHex, type Hex } from "@/lib/kernel/hex";
import { recoverTypedDataSigner } from "@/lib/chain/gateway/signer";
import { encodeInputProof, inputHandles } from "@/lib/chain/model/input-handle";
import { runRelayerJob } from "@/lib/fhe/gateway/relayer-job";
import type { EncryptedWords } from "@/lib/fhe/model/client";
import { attestationTypedData } from "@/lib/fhe/model/attestation-typed-data";
import type { FheNetwork } from "@/lib/fhe/model/network";

const hex = z.custom<Hex>((value) => typeof value === "string" && isHex(value));
const resultSchema = z.discriminatedUnion("accepted", [
  z.object({ accepted: z.literal(true), handles: z.array(hex), signatures: z.array(hex) }),
  z.object({ accepted: z.literal(false) }),
]);

export type ProofToAttest = {
  contractAddress: string;
  userAddress: string;
  proof: Uint8Array;
  /** Words in it. */
  count: number;
  signal?: AbortSignal;
};

/** The coprocessors whose attestations the chain accepts, and how many of them are needed. */
export type Attestors = { signers: readonly string[]; threshold: number };

const what = "have an encrypted input attested";

function countAttestors(message: Parameters<typeof attestationTypedData>[1], input: { network: FheNetwork; signatures: readonly Hex[]; attestors: Attestors }): number {
  const known = new Set(input.attestors.signers.map((address) => address.toLowerCase()));
  const data = attestationTypedData(input.network, message);
  const signers = new Set(input.signatures.map((signature) => recoverTypedDataSigner(data, signature).toLowerCase()));
  return [...signers].filter((signer) => known.has(signer)).length;
}

/**
 * Has a proof checked by the network's coprocessors and checks their answer: handles recomputed, signatures recovered.
 * Does what the SDK's `requestZKProofVerification` does, which can't read proofs made by tfhe 1.5.
 * One attempt; asking again is harmless. Throws `fhe.proof-refused`, `relayer.*`.
 */
export async function attestProof(network: FheNetwork, input: ProofToAttest, options: { attestors: Attestors; headers?: Record<string, string> }): Promise<EncryptedWords> {
  const { contractAddress, userAddress, proof, count, signal } = input;
  const payload = {
    contractChainId: `0x${network.chainId.toString(16)}`,
    contractAddress,
    userAddress,
    ciphertextWithInputVerification: bytesToHex(proof).slice(2),
    extraData: "0x00",
  };
  const job = { what, ...(signal === undefined ? {} : { signal }), ...(options.headers === undefined ? {} : { headers: options.headers }) };
  const result = resultSchema.safeParse(await runRelayerJob(network.relayerUrl, "input-proof", payload, job));
  if (!result.success) throw new AppError("relayer.refused", `To ${what}: the relayer's answer is malformed.`, { details: { retryable: false } });
  if (!result.data.accepted) {
    throw new AppError("fhe.proof-refused", `To ${what}: the network refuses the input's proof. It is for another contract, address or key.`);
  }
  const { handles, signatures } = result.data;
  const expected = inputHandles(proof, { count, acl: network.addresses.acl, chainId: network.chainId });
  if (handles.join().toLowerCase() !== expected.join()) {
    throw new AppError("fhe.proof-refused", `To ${what}: the network attested other values than were encrypted.`);
  }
  const attested = countAttestors({ handles: expected, contractAddress, userAddress }, { network, signatures, attestors: options.attestors });
  if (attested < options.attestors.threshold) {
    throw new AppError("fhe.proof-refused", `To ${what}: ${attested} known coprocessors attested it; ${options.attestors.threshold} are needed.`);
  }
  return { handles: expected, inputProof: encodeInputProof(expected, signatures) };
}
