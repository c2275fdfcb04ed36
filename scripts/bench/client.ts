import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { addressOfKey, createPrivateKey } from "@/lib/chain/gateway/signer";
import { createFheClient } from "@/lib/fhe/gateway/client";
import type { FheClient } from "@/lib/fhe/model/client";
import { systemRandom } from "@/lib/kernel/random";
import type { Deployment } from "@/lib/platform/deployment";
import { env } from "@/lib/platform/env";
import { cacheFolder, engineBinary, engineStep } from "@/local/build/engine";
import { runStep } from "@/local/build/step";
import { generatedSteps } from "@/local/build/steps";
import { startDevnet } from "@/local/devnet/devnet";
import { findFreePort } from "@/local/free-port";
import { openBareSdk } from "@/scripts/bench/bare-sdk";
import { median, type Measurement } from "@/scripts/bench/measurement";

/** A proof by the SDK takes 8 to 40 s on two cores, so few pairs are timed, each side first in turn. */
const pairs = 5;
const nativeProofs = 3;
const words = Array.from({ length: 8 }, (_, index) => (1n << 245n) - BigInt(index + 1));

const newAddress = (): string => addressOfKey(createPrivateKey(systemRandom));

/** Seconds until the proof is made; the attestation that follows waits for a relayer's polling second and is left out. */
async function timeProof(client: FheClient, contractAddress: string): Promise<number> {
  const started = performance.now();
  let proven = Number.NaN;
  await client.encryptWords({
    contractAddress,
    userAddress: newAddress(),
    words,
    onProgress: ({ stage, done }) => {
      if (stage === "attestation" && done === 0) proven = (performance.now() - started) / 1000;
    },
  });
  return proven;
}

type Timing = { ours: number; bare: number };

/** Both sides have a process of their own and wait for each other. */
async function timePairs(deployment: Deployment, folder: string): Promise<Timing[]> {
  const ours = await createFheClient(deployment, { keyFolder: folder });
  const bare = openBareSdk(deployment, { userAddress: newAddress(), words });
  const timings: Timing[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    const timing: Timing = { ours: 0, bare: 0 };
    for (const side of pair % 2 === 0 ? (["ours", "bare"] as const) : (["bare", "ours"] as const)) {
      timing[side] = side === "ours" ? await timeProof(ours, deployment.addresses.histogram) : await bare.timeProof();
    }
    timings.push(timing);
  }
  bare.close();
  return timings;
}

async function timeNative(deployment: Deployment, options: { folder: string; binary: string }): Promise<number[]> {
  const client = await createFheClient(deployment, { keyFolder: options.folder, proverBinary: options.binary });
  try {
    await timeProof(client, deployment.addresses.histogram); // loads the CRS
    const seconds: number[] = [];
    for (let proof = 0; proof < nativeProofs; proof += 1) seconds.push(await timeProof(client, deployment.addresses.histogram));
    return seconds;
  } finally {
    client.close();
  }
}

async function* measure(deployment: Deployment, options: { folder: string; binary: string }): AsyncGenerator<Measurement> {
  const timings = await timePairs(deployment, options.folder);
  yield { name: "client.prove.ratio", value: median(timings.map(({ ours, bare }) => ours / bare)), unit: "x", n: pairs };
  yield { name: "client.prove.sdk", value: median(timings.map(({ ours }) => ours)), unit: "s", n: pairs };
  yield { name: "client.prove.native", value: median(await timeNative(deployment, options)), unit: "s", n: nativeProofs };
}

/** Proofs of eight words: the relayer SDK in our client to the bare SDK, interleaved in one process, and the native prover. */
export async function* benchClient(): AsyncGenerator<Measurement> {
  for (const step of [...generatedSteps, engineStep]) await runStep(step);
  const folder = await mkdtemp(path.join(tmpdir(), "bench-client-"));
  const binary = env().FHE_ENGINE_BINARY ?? engineBinary;
  const [port, anvilPort] = [await findFreePort(), await findFreePort()];
  const devnet = await startDevnet({ folder, port, anvilPort, engine: "clear", engineBinary: binary, cacheFolder: cacheFolder() });
  try {
    yield* measure(devnet.deployment, { folder, binary });
  } finally {
    await devnet.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
