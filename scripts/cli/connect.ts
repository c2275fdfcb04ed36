import path from "node:path";
import { AppError } from "@/lib/kernel/errors";
import { createFheClient, type NodeFheClient } from "@/lib/fhe/gateway/client";
import { assertChain, connectChain, type Chain } from "@/lib/chain/gateway/provider";
import { patientRpc } from "@/lib/chain/gateway/rpc";
import { readDeployment, type Deployment } from "@/lib/platform/deployment";
import { env } from "@/lib/platform/env";
import { engineBinary } from "@/local/build/engine";
import type { Output } from "@/scripts/cli/output";

/** The chain of the deployment that this process works with, checked. */
export async function openChain(): Promise<{ chain: Chain; deployment: Deployment }> {
  const deployment = await readDeployment();
  await assertChain(connectChain(deployment)); // a network that is not there at the beginning is said at once
  return { chain: connectChain(deployment, patientRpc), deployment };
}

/** Which prover to use: by default the engine's where it is built (3 s a proof), else the SDK's (some 30 s); none for reading. */
export type ProverChoice = "engine" | "sdk" | "automatic" | "reading";

/** The encryption client. Throws `engine.unavailable` when the engine was asked for and is not there. */
export async function openFhe(deployment: Deployment, output: Output, prover: ProverChoice = "automatic"): Promise<NodeFheClient> {
  const binary = env().FHE_ENGINE_BINARY ?? engineBinary;
  const client = await createFheClient(deployment, { proverBinary: prover === "sdk" || prover === "reading" ? undefined : binary });
  if (prover === "engine" && !client.provesNatively) {
    throw new AppError("engine.unavailable", `${path.resolve(binary)} is not there. Build the engine (npm start) or leave --engine-prover out.`);
  }
  if (prover === "automatic" && !client.provesNatively) output.say("The engine is not built here, so the relayer SDK proves: about half a minute for each contribution.");
  return client;
}
