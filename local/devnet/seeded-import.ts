import { concat, getBytes, keccak256, toUtf8Bytes, verifyMessage, Wallet } from "ethers";
import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import { bytesToHex, isHex, type Hex } from "@/lib/kernel/hex";
import { systemRandom } from "@/lib/kernel/random";
import { encodeInputProof, type AttestedInput } from "@/local/devnet/attest";
import type { Engine } from "@/local/devnet/engine";
import { EUINT256_ID } from "@/local/devnet/fhe-type";
import { computeInputHandles } from "@/local/devnet/input-handles";
import { signAttestation } from "@/local/devnet/input-proof";

const wordsOfInputMax = 8;
const inputsMax = 256;

const hex = z.string().refine(isHex);
const word = z.string().regex(/^0x[0-9a-f]{64}$/).refine(isHex);

/** Body of `POST /devnet/import`: the words of each input, and the curator's signature over all of them. */
export const importRequestSchema = z.object({ inputs: z.array(z.array(word).min(1).max(wordsOfInputMax)).min(1).max(inputsMax), signature: hex });
export type ImportRequest = z.infer<typeof importRequestSchema>;

export type ImportParties = {
  engine: Pick<Engine, "importValues">;
  coprocessor: Wallet;
  /** For whom alone the inputs are good: they can be used by this account in this contract. */
  curator: string;
  histogram: string;
};

/** What the curator signs (EIP-191): a hash over the number of words of each input, and the words. */
function digestOf(inputs: ImportRequest["inputs"]): Uint8Array {
  const counts = Uint8Array.from(inputs, (words) => words.length);
  return getBytes(keccak256(concat([toUtf8Bytes("devnet import"), counts, ...inputs.flat()])));
}

/** The body of an import, signed by the curator's key. */
export async function signImport(curatorKey: string, inputs: ImportRequest["inputs"]): Promise<ImportRequest> {
  const signature = await new Wallet(curatorKey).signMessage(digestOf(inputs));
  if (!isHex(signature)) throw new TypeError("a signature is hexadecimal");
  return { inputs, signature };
}

function isCurators({ inputs, signature }: ImportRequest, curator: string): boolean {
  try {
    return verifyMessage(digestOf(inputs), signature) === curator;
  } catch {
    return false; // not a point on the curve
  }
}

/**
 * Encrypts words by the engine's own key in their small, seeded form, and attests them as inputs of the curator for the
 * histogram: how the simulated past gets its ciphertexts. Nobody proves anything, so only the curator's signature is taken.
 * Throws `request.invalid` for anybody else's.
 */
export async function importSeeded({ engine, coprocessor, curator, histogram }: ImportParties, request: ImportRequest): Promise<AttestedInput[]> {
  if (!isCurators(request, curator)) throw new AppError("request.invalid", "The signature is not the curator's over these inputs.");
  const inputs = request.inputs.map((words) => ({ words, handles: computeInputHandles(bytesToHex(systemRandom.bytes(32)), words.map(() => EUINT256_ID)) }));
  await engine.importValues(inputs.flatMap(({ handles }) => handles), inputs.flatMap(({ words }) => words.map(BigInt)));
  return Promise.all(
    inputs.map(async ({ handles }): Promise<{ handles: Hex[]; inputProof: Hex }> => {
      const signature = await signAttestation(coprocessor, { contractAddress: histogram, userAddress: curator, handles });
      return { handles, inputProof: encodeInputProof(handles, [signature]) };
    }),
  );
}
