import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import path from "node:path";
import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import type { Deployment } from "@/lib/platform/deployment";

const answerSchema = z.object({ seconds: z.number().positive() });

export type BareSdk = {
  /** Seconds of one proof, in a process of its own. */
  timeProof(): Promise<number>;
  close(): void;
};

function configOf(deployment: Deployment): Record<string, unknown> {
  const { addresses, chainId, gatewayChainId, rpcUrl, relayerUrl } = deployment;
  return {
    chainId,
    gatewayChainId,
    network: rpcUrl,
    relayerUrl,
    aclContractAddress: addresses.acl,
    kmsContractAddress: addresses.kmsVerifier,
    inputVerifierContractAddress: addresses.inputVerifier,
    verifyingContractAddressDecryption: addresses.decryption,
    verifyingContractAddressInputVerification: addresses.inputVerification,
  };
}

/** Starts the bare SDK (scripts/bench/bare-sdk.mjs) for one network, one address and one set of words. */
export function openBareSdk(deployment: Deployment, input: { userAddress: string; words: readonly bigint[] }): BareSdk {
  const argument = {
    config: configOf(deployment),
    contractAddress: deployment.addresses.histogram,
    userAddress: input.userAddress,
    words: input.words.map(String),
  };
  const program = path.join(import.meta.dirname, "bare-sdk.mjs");
  const child = spawn(process.execPath, [program, JSON.stringify(argument)], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async timeProof() {
      child.stdin.write("prove\n");
      const line = await lines.next();
      if (line.done === true) throw new AppError("internal", "The bare SDK ended without a proof.");
      return answerSchema.parse(JSON.parse(line.value)).seconds;
    },
    close: () => child.stdin.end(),
  };
}
