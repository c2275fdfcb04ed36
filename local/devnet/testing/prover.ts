import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { z } from "zod";
import { bigintToHex, isHex, type Hex } from "@/lib/kernel/hex";
import type { KeyMaterial } from "@/local/devnet/engine";
import { formatRequest } from "@/local/devnet/engine-message";
import { computeAuxiliaryData } from "@/local/devnet/input-handles";
import { findEngineBinary } from "@/local/devnet/testing/devnet-fixture";

export type ProofRequest = { values: readonly bigint[]; types: readonly number[]; contractAddress: string; userAddress: string };

const answerSchema = z.object({ result: z.object({ blob: z.string().transform((digits) => `0x${digits}`).refine(isHex) }) });

/** Encrypts and proves values by the engine's own prover, 3 s instead of the SDK's 30. */
export async function proveNatively({ publicKeyPath, crsPath }: KeyMaterial, { values, types, contractAddress, userAddress }: ProofRequest): Promise<Hex> {
  const child = spawn(await findEngineBinary(), ["prove", "--public-key", publicKeyPath, "--crs", crsPath], { stdio: ["pipe", "pipe", "inherit"] });
  const params = { values: values.map((value) => bigintToHex(value, 32)), types, aux: computeAuxiliaryData(contractAddress, userAddress) };
  child.stdin.write(`${formatRequest(1, "prove", params)}\n`);
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('{"id"') && !line.includes('"result"') && !line.includes('"error"')) continue;
    child.stdin.end();
    return answerSchema.parse(JSON.parse(line)).result.blob;
  }
  throw new Error("the prover ended without an answer");
}
