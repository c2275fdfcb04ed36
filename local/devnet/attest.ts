import { concat, type Wallet } from "ethers";
import { bytesToHex, hexToBytes, type Hex } from "@/lib/kernel/hex";
import { systemRandom } from "@/lib/kernel/random";
import type { Engine, Handle } from "@/local/devnet/engine";
import { EUINT256_ID } from "@/local/devnet/fhe-type";
import { computeInputHandles } from "@/local/devnet/input-handles";
import { signAttestation } from "@/local/devnet/input-proof";

export type AttestedInput = { handles: Handle[]; inputProof: Hex };

export type AttestRequest = { values: readonly Hex[]; contractAddress: string; userAddress: string };

/** An input proof as contracts take it: counts of handles and signatures, the handles, the signatures, extra data. Source: InputVerifier.sol. */
export function encodeInputProof(handles: readonly Handle[], signatures: readonly string[]): Hex {
  return bytesToHex(hexToBytes(concat([Uint8Array.of(handles.length, signatures.length), ...handles, ...signatures, "0x00"])));
}

/** Attests euint256 values that nobody proved: for load tests and bulk import on this chain only. */
export async function attestValues(
  { engine, coprocessor }: { engine: Pick<Engine, "importValues">; coprocessor: Wallet },
  { values, contractAddress, userAddress }: AttestRequest,
): Promise<AttestedInput> {
  const handles = computeInputHandles(bytesToHex(systemRandom.bytes(32)), values.map(() => EUINT256_ID));
  await engine.importValues(handles, values.map(BigInt));
  const signature = await signAttestation(coprocessor, { contractAddress, userAddress, handles });
  return { handles, inputProof: encodeInputProof(handles, [signature]) };
}
