import type { Wallet } from "ethers";
import { isAppError } from "@/lib/kernel/errors";
import type { Hex } from "@/lib/kernel/hex";
import { CHAIN_ID } from "@/local/devnet/constants";
import type { Engine, Handle, VerifiedInput } from "@/local/devnet/engine";
import { findFheType, REQUEST_BITS_MAX } from "@/local/devnet/fhe-type";
import { computeAuxiliaryData, computeInputHandles } from "@/local/devnet/input-handles";
import type { InputProofRequest } from "@/local/devnet/relayer-schema";
import { inputDomain, inputTypes } from "@/local/devnet/typed-data";

export type InputProofResult = { accepted: true; extraData: string; handles: Handle[]; signatures: string[] } | { accepted: false; extraData: string };

/** Values of one input at most: their index is one byte, and the contract takes up to 254. */
const valuesMax = 255;

export type Attestation = { contractAddress: string; userAddress: string; handles: readonly Handle[] };

/** The coprocessor's word that handles stand for a proven input of that user for that contract. */
export function signAttestation(coprocessor: Wallet, { contractAddress, userAddress, handles }: Attestation): Promise<string> {
  return coprocessor.signTypedData(inputDomain, inputTypes, {
    ctHandles: handles,
    userAddress,
    contractAddress,
    contractChainId: CHAIN_ID,
    extraData: "0x00",
  });
}

function fits({ types }: VerifiedInput): boolean {
  const bits = types.reduce((total, type) => total + (findFheType(type)?.countedBits ?? Infinity), 0);
  return types.length > 0 && types.length <= valuesMax && bits <= REQUEST_BITS_MAX;
}

/** The verified input; undefined when its proof does not hold for these addresses. */
async function verify(engine: Pick<Engine, "verify">, blob: Hex, aux: Hex): Promise<VerifiedInput | undefined> {
  try {
    const input = await engine.verify(blob, aux);
    return fits(input) ? input : undefined;
  } catch (error) {
    const refused = isAppError(error, "engine.refused") && ["invalid_proof", "malformed_input"].includes(String(error.details["reason"]));
    if (refused) return undefined;
    throw error;
  }
}

/** Checks an input's proof and attests its handles. Repeating it gives the same handles. */
export async function proveInput(
  { engine, coprocessor }: { engine: Pick<Engine, "verify" | "bindInput">; coprocessor: Wallet },
  { contractAddress, userAddress, ciphertextWithInputVerification: blob, extraData }: InputProofRequest,
): Promise<InputProofResult> {
  const input = await verify(engine, blob, computeAuxiliaryData(contractAddress, userAddress));
  if (input === undefined) return { accepted: false, extraData };
  const handles = computeInputHandles(blob, input.types);
  await engine.bindInput(input.inputId, handles);
  return { accepted: true, extraData, handles, signatures: [await signAttestation(coprocessor, { contractAddress, userAddress, handles })] };
}
