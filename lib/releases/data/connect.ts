import "server-only";
import { connectChain, type Chain } from "@/lib/chain/gateway/provider";
import { readDeployment, type Deployment } from "@/lib/platform/deployment";

/** A page must not wait long for a chain that is away: it shows that, and asks again by itself. */
const patience = { timeoutMs: 5_000, attempts: 2, pauseMs: 100 };

const connections = new Map<string, Chain>();

/** The deployment and a connection to its chain. Throws `config.invalid` while there is no deployment. */
export async function connectDeployment(): Promise<{ deployment: Deployment; chain: Chain }> {
  const deployment = await readDeployment();
  const key = JSON.stringify([deployment.rpcUrl, deployment.addresses]);
  const known = connections.get(key);
  const chain = known ?? connectChain(deployment, patience);
  // A network that was reset has new addresses; the old one's connection is of no use any more.
  if (known === undefined) {
    connections.clear();
    connections.set(key, chain);
  }
  return { deployment, chain };
}
