import { rememberRegion } from "@/lib/catalog/mutations";
import { assertChain, connectChain } from "@/lib/chain/gateway/provider";
import { connectSigner } from "@/lib/chain/gateway/signer";
import { connectDatabase } from "@/lib/platform/database";
import { readDeployment, readLocalAccounts } from "@/lib/platform/deployment";
import type { Env } from "@/lib/platform/env";
import { chicagoCentralName, ensureChicagoCentral } from "@/local/city/chicago-central";
import { ensureLoopPilot, loopPilotName } from "@/local/city/loop-pilot";

export type CityOptions = { readonly settings: Env; readonly databaseUrl: string };

/**
 * Makes sure that the demo city's regions exist on the local chain and have names in the database. Safe to repeat,
 * quick, and needs no engine. Throws `chain.unreachable` or `chain.wrong-network` when the local network is not up,
 * `config.invalid` when it was made by an earlier version.
 */
export async function prepareCity({ settings, databaseUrl }: CityOptions): Promise<void> {
  const chain = connectChain(await readDeployment(settings));
  await assertChain(chain);
  const { chainId } = chain.network;
  const options = { chain, curator: connectSigner(chain, (await readLocalAccounts(settings)).curator) };
  const pilot = await ensureLoopPilot(options);
  const central = await ensureChicagoCentral(options);
  const database = connectDatabase(databaseUrl);
  try {
    await rememberRegion(database, { slug: pilot.slug, chainId, regionId: pilot.id, name: loopPilotName, isSimulated: true });
    await rememberRegion(database, { slug: central.slug, chainId, regionId: central.id, name: chicagoCentralName, isSimulated: true, importOnly: true });
  } finally {
    await database.$disconnect();
  }
}
