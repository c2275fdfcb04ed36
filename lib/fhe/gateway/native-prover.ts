import "server-only";
import { z } from "zod";
import { bigintToHex, hexToBytes } from "@/lib/kernel/hex";
import { JsonLinesProcess } from "@/lib/fhe/gateway/json-lines";
import type { Prover } from "@/lib/fhe/gateway/sdk-session";
import type { FheNetwork } from "@/lib/fhe/model/network";

export type NativeProverOptions = {
  /** Path of the `fhe-engine` program. */
  binary: string;
  publicKeyFile: string;
  crsFile: string;
  network: Pick<FheNetwork, "chainId" | "addresses">;
};

const euint256 = 8;
/** A proof takes some 3 s; loading the CRS before the first one a second more. */
const timeoutMs = 180_000;
const answerSchema = z.object({ blob: z.string().regex(/^(?:[0-9a-f]{2})+$/) });

/**
 * The 92 bytes that bind a proof: contract (20), user (20), ACL (20), chain id (32, big-endian).
 * Source: fhEVM zkproof-worker, `auxiliary data`.
 */
export function auxiliaryData(network: NativeProverOptions["network"], contractAddress: string, userAddress: string): string {
  const parts = [contractAddress, userAddress, network.addresses.acl, bigintToHex(BigInt(network.chainId), 32)];
  return parts.map((part) => part.slice(2).toLowerCase()).join("");
}

/** A process that was killed has lost its work only; proving again is harmless. */
async function callTwice(running: () => JsonLinesProcess, params: unknown): Promise<unknown> {
  const engine = running();
  try {
    return await engine.call("prove", params, { timeoutMs });
  } catch (error) {
    if (!engine.hasEnded) throw error;
    return running().call("prove", params, { timeoutMs });
  }
}

/**
 * Proofs by `fhe-engine prove`, ten times as fast as the SDK's and the same bytes to the network.
 * The process starts with the first proof, and again when it died: a proof that was lost that way is made once more.
 * Throws `engine.unavailable`, `engine.refused`.
 */
export function openNativeProver(options: NativeProverOptions): { prove: Prover; close(): void } {
  let engine: JsonLinesProcess | undefined;
  const running = (): JsonLinesProcess => {
    if (engine === undefined || engine.hasEnded) {
      engine = new JsonLinesProcess(options.binary, ["prove", "--public-key", options.publicKeyFile, "--crs", options.crsFile]);
    }
    return engine;
  };
  return {
    async prove({ contractAddress, userAddress, words }) {
      const params = {
        values: words.map((word) => bigintToHex(word, 32).slice(2)),
        types: words.map(() => euint256),
        aux: auxiliaryData(options.network, contractAddress, userAddress),
      };
      const answer = await callTwice(running, params);
      return hexToBytes(answerSchema.parse(answer).blob);
    },
    close: () => engine?.close(),
  };
}
