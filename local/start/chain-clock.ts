import { connectChain, readChainClock } from "@/lib/chain/gateway/provider";
import { readDeployment } from "@/lib/platform/deployment";
import type { Env } from "@/lib/platform/env";
import { describeSkew } from "@/local/start/clock";

/** A sentence when the chain's clock and this machine's disagree. Throws as `connectChain` does. */
export async function checkChainClock(settings: Env): Promise<string | undefined> {
  const { time } = await readChainClock(connectChain(await readDeployment(settings)));
  return describeSkew({ chain: time, machine: Date.now() / 1000 });
}
