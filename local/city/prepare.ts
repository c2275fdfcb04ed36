import { rememberRegion } from "@/lib/catalog/mutations";
import { assertChain, connectChain } from "@/lib/chain/gateway/provider";
import { connectSigner } from "@/lib/chain/gateway/signer";
import { connectDatabase } from "@/lib/platform/database";
import { readDeployment, readLocalAccounts } from "@/lib/platform/deployment";
import type { Env } from "@/lib/platform/env";
import { ensureLoopPilot, loopPilotName } from "@/local/city/loop-pilot";

export type CityOptions = { readonly settings: Env; readonly databaseUrl: string };

/**
 * Makes sure that the demo city's regions exist on the local chain and have names in the database. Safe to repeat.
 * Throws `chain.unreachable` or `chain.wrong-network` when the local network is not up.
 */
export async function prepareCity({ settings, databaseUrl }: CityOptions): Promise<void> {
  const chain = connectChain(await readDeployment(settings));
  await assertChain(chain);
  const { curator } = await readLocalAccounts(settings);
  const region = await ensureLoopPilot({ chain, curator: connectSigner(chain, curator) });
  const database = connectDatabase(databaseUrl);
  try {
    const { chainId } = chain.network;
    await rememberRegion(database, { slug: region.slug, chainId, regionId: region.id, name: loopPilotName });
  } finally {
    await database.$disconnect();
  }
}
