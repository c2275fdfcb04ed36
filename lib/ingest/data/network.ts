import "server-only";
import { getRegion } from "@/lib/chain/gateway/histogram";
import { connectChain, readChainClock, type Chain } from "@/lib/chain/gateway/provider";
import { AppError, isAppError } from "@/lib/kernel/errors";
import type { Region } from "@/lib/geo/model/region";
import { readDeployment } from "@/lib/platform/deployment";

/** A caller must not wait long for a chain that is away. */
const patience = { timeoutMs: 3_000, attempts: 2, pauseMs: 100 };
const deploymentMs = 1_000;
const clockMs = 1_000;
/** How long a number that no region has is remembered, so that guessing does not reach the chain. */
const unknownMs = 10_000;
const unknownMax = 10_000;

/** One deployment's chain, with what of it never changes or is asked all the time. */
export type Network = {
  chain: Chain;
  histogram: { chainId: number; verifyingContract: string };
  regions: Map<number, Region>;
  unknownUntilMs: Map<number, number>;
  clock: { offsetSeconds: number; readMs: number } | null;
  reading: Promise<void> | null;
};

let current: { key: string; network: Network; untilMs: number } | undefined;

/** The deployment that this process works with; a network that was made anew has other addresses and begins empty. */
export async function openNetwork(): Promise<Network> {
  if (current !== undefined && performance.now() < current.untilMs) return current.network;
  const deployment = await readDeployment();
  const key = JSON.stringify([deployment.chainId, deployment.rpcUrl, deployment.addresses]);
  const network = current?.key === key ? current.network : {
    chain: connectChain(deployment, patience),
    histogram: { chainId: deployment.chainId, verifyingContract: deployment.addresses.histogram },
    regions: new Map<number, Region>(),
    unknownUntilMs: new Map<number, number>(),
    clock: null,
    reading: null,
  };
  current = { key, network, untilMs: performance.now() + deploymentMs };
  return network;
}

function unknownRegion(id: number): AppError {
  return new AppError("region.unknown", `There is no region ${id} on this chain.`);
}

/** A region's parameters by its number; they never change. Throws `region.unknown`, `chain.unreachable`. */
export async function getRegionById(network: Network, id: number): Promise<Region> {
  const known = network.regions.get(id);
  if (known !== undefined) return known;
  if ((network.unknownUntilMs.get(id) ?? 0) > performance.now()) throw unknownRegion(id);
  try {
    const region = await getRegion(network.chain, id);
    network.regions.set(id, region);
    return region;
  } catch (error) {
    if (isAppError(error, "chain.unreachable")) throw error;
    if (network.unknownUntilMs.size >= unknownMax) network.unknownUntilMs.clear();
    network.unknownUntilMs.set(id, performance.now() + unknownMs);
    throw unknownRegion(id);
  }
}

async function readClock(network: Network): Promise<void> {
  const { time } = await readChainClock(network.chain);
  network.clock = { offsetSeconds: time - Date.now() / 1_000, readMs: performance.now() };
}

/** Reads the chain's time once, however many ask meanwhile. A chain that is away keeps its last known offset. */
function refreshClock(network: Network): Promise<void> {
  network.reading ??= readClock(network).catch((error: unknown) => {
    if (network.clock === null) throw error;
    network.clock.readMs = performance.now();
  }).finally(() => {
    network.reading = null;
  });
  return network.reading;
}

/**
 * The chain's time now, unix seconds: its newest block's time when last read (a second ago at most, while it answers),
 * and the seconds since. Waits for the chain the first time only. Throws `chain.unreachable` then.
 */
export async function chainNow(network: Network): Promise<number> {
  if (network.clock === null) await refreshClock(network);
  else if (performance.now() - network.clock.readMs > clockMs) void refreshClock(network);
  return Math.floor(Date.now() / 1_000 + (network.clock?.offsetSeconds ?? 0));
}
