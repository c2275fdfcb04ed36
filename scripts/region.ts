import { AppError } from "@/lib/kernel/errors";
import { rememberRegion } from "@/lib/catalog/mutations";
import { getNoiseProfile, getRegion, getRegionBySlug } from "@/lib/chain/gateway/histogram";
import { createRegion } from "@/lib/chain/gateway/lifecycle";
import { getListing, setListing } from "@/lib/chain/gateway/marketplace";
import type { Chain } from "@/lib/chain/gateway/provider";
import { connectSigner, type Signer } from "@/lib/chain/gateway/signer";
import { getTokenFacts } from "@/lib/chain/gateway/token";
import { localChainId } from "@/lib/chain/model/network";
import type { Region } from "@/lib/geo/model/region";
import { connectDatabase } from "@/lib/platform/database";
import { readLocalAccounts } from "@/lib/platform/deployment";
import { env } from "@/lib/platform/env";
import { verifyProfile } from "@/lib/privacy/model/noise-law";
import { nameOfSlug } from "@/lib/releases/model/region-name";
import { localDatabaseUrl } from "@/local/postgres/server";
import { openChain } from "@/scripts/cli/connect";
import type { Output } from "@/scripts/cli/output";
import { factsOf, printFacts } from "@/scripts/cli/region-facts";
import { parseAmount, readRegionFile, regionOf, type RegionFile } from "@/scripts/cli/region-file";
import { readArguments, runCommand } from "@/scripts/cli/run";

const usage = `Usage: npm run region -- create FILE.json [--json]
       npm run region -- show SLUG [--json]

create  makes a region from its parameters, which never change, and puts it up for sale when the file has a price
show    prints a region's parameters, its exact epsilon and delta, and the errors to expect`;

async function openCurator(chain: Chain): Promise<Signer> {
  const { CURATOR_KEY: given } = env();
  if (given !== undefined) return connectSigner(chain, given);
  if (chain.network.chainId === localChainId) return connectSigner(chain, (await readLocalAccounts()).curator);
  throw new AppError("config.invalid", "Set CURATOR_KEY: the key of an account with the curator's role.");
}

/** The chain knows the slug; the name is for people, and kept where a database answers. */
async function rememberName(region: Region, name: string, output: Output): Promise<void> {
  const { DATABASE_URL: given, NETWORK, POSTGRES_PORT } = env();
  const url = given ?? (NETWORK === "local" ? localDatabaseUrl(POSTGRES_PORT) : undefined);
  if (url === undefined) return;
  const database = connectDatabase(url);
  try {
    await rememberRegion(database, { slug: region.slug, chainId: region.chainId ?? 0, regionId: region.id, name });
  } catch {
    output.say("No database answers, so the region's name is not kept; its slug is on the chain.");
  } finally {
    await database.$disconnect();
  }
}

async function putUpForSale(chain: Chain, curator: Signer, { regionId, price }: { regionId: number; price: NonNullable<RegionFile["price"]> }): Promise<void> {
  const { token } = chain.network.addresses;
  const { decimals } = await getTokenFacts(chain, token);
  const listing = { token, pricePerRelease: parseAmount(price.token, decimals), priceFiatMinor: parseAmount(price.eur, 2), largestDiscountBps: 0, active: true };
  await setListing(chain, curator, { regionId, listing });
}

async function printRegion(chain: Chain, region: Region, output: Output): Promise<void> {
  const law = verifyProfile(await getNoiseProfile(chain, region.profile), region.profile);
  const listing = await getListing(chain, region.id);
  printFacts(factsOf(region, law, { listing, token: await getTokenFacts(chain) }), output);
}

async function create(file: string, output: Output): Promise<void> {
  const parameters = await readRegionFile(file);
  const { chain } = await openChain();
  const curator = await openCurator(chain);
  const regionId = await createRegion(chain, curator, regionOf(parameters, chain.network.chainId));
  const region = await getRegion(chain, regionId);
  output.say(`Region ${region.slug} is made.`);
  if (parameters.price !== undefined) await putUpForSale(chain, curator, { regionId, price: parameters.price });
  await rememberName(region, parameters.name ?? nameOfSlug(region.slug), output);
  await printRegion(chain, region, output);
}

async function show(slug: string, output: Output): Promise<void> {
  const { chain } = await openChain();
  await printRegion(chain, await getRegionBySlug(chain, slug), output);
}

await runCommand(async (output) => {
  const { positionals } = readArguments({ allowPositionals: true, options: { json: { type: "boolean" } } }, usage);
  const [command, subject, ...rest] = positionals;
  if (subject === undefined || rest.length > 0) throw new AppError("usage.invalid", usage);
  if (command === "create") return create(subject, output);
  if (command === "show") return show(subject, output);
  throw new AppError("usage.invalid", usage);
});
