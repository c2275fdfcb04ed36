import { AppError } from "@/lib/kernel/errors";
import { formatMoney, formatWhole } from "@/lib/kernel/format";
import { getNoiseProfile, getPlanes, getRegionBySlug } from "@/lib/chain/gateway/histogram";
import { readChainClock, type Chain } from "@/lib/chain/gateway/provider";
import { connectSigner, type Signer } from "@/lib/chain/gateway/signer";
import { getTokenFacts } from "@/lib/chain/gateway/token";
import { localChainId } from "@/lib/chain/model/network";
import type { FheClient } from "@/lib/fhe/model/client";
import type { ReaderKey } from "@/lib/fhe/model/reader-key";
import type { Region } from "@/lib/geo/model/region";
import { buyReleases, type PurchaseStep, type QuoteSource } from "@/lib/orders/gateway";
import { quoteReleases, readQuoteSignerKey } from "@/lib/orders/mutations/quote-releases";
import { readLocalAccounts, type Deployment } from "@/lib/platform/deployment";
import { env } from "@/lib/platform/env";
import { accounting } from "@/lib/privacy/model/accounting";
import { decodeRelease } from "@/lib/privacy/model/decode-release";
import { verifyProfile, type NoiseLaw } from "@/lib/privacy/model/noise-law";
import { ensureFunds, openAccount } from "@/scripts/cli/account";
import { openChain, openFhe } from "@/scripts/cli/connect";
import { formatOf, renderHeatmap, writeWhole, type DecodedRelease, type HeatmapFacts } from "@/scripts/cli/heatmap-file";
import { openBrowser } from "@/scripts/cli/open-browser";
import { fileMemory } from "@/scripts/cli/orders-file";
import type { Output } from "@/scripts/cli/output";
import { chooseEpoch, publishEpoch, waitForEngine, type TileState } from "@/scripts/cli/publish";
import { keepReader, provideReader } from "@/scripts/cli/reader-file";
import { readArguments, runCommand } from "@/scripts/cli/run";
import { epochName } from "@/scripts/cli/upload-report";

const usage = `Usage: npm run generate-heatmap -- --region SLUG --out FILE.geojson|FILE.csv [options]

Publishes what is due, buys it with test tokens, decrypts it and writes counts and speeds with their intervals.

  --region SLUG      the region
  --epoch TIME       latest (default), or a time that lies in the epoch, such as 2026-04-01T08:30:00Z
  --out FILE         .geojson (polygons of the cells) or .csv
  --open             also open the site's page of the region at that epoch
  --json             one JSON object a line on stdout`;

type Context = { chain: Chain; deployment: Deployment; region: Region; law: NoiseLaw; epoch: number; output: Output };
type Published = TileState & { vault: string };

async function openSealer(chain: Chain, buyer: Signer): Promise<Signer> {
  return chain.network.chainId === localChainId ? connectSigner(chain, (await readLocalAccounts()).curator) : buyer;
}

function requirePublished(tiles: readonly TileState[], { region, epoch, output }: Context): Published[] {
  const published = tiles.flatMap(({ tile, status }) => (status.vault === null ? [] : [{ tile, status, vault: status.vault }]));
  const voided = tiles.filter(({ status }) => status.state === "void").length;
  if (voided > 0) output.say(`${voided} of ${tiles.length} tiles had fewer than ${region.ticketsMin} contributions: they stay void, nothing of them is ever opened.`);
  if (published.length > 0) return published;
  throw new AppError("release.not-published", `Epoch ${epochName(region, epoch)} of region ${region.slug} has no published tile: too few contributed (${region.ticketsMin} are needed in a tile).`);
}

async function describeStep(step: PurchaseStep, { chain, output }: Context): Promise<void> {
  output.emit({ type: "purchase", ...step });
  if (step.step === "quoted") output.say(`Buying for ${formatMoney(step.amount, await getTokenFacts(chain))}.`);
  if (step.step === "waiting") output.say(`Waiting for ${step.blocksLeft} more blocks until the purchase is final.`);
}

async function buyPublished(published: readonly Published[], context: Context & { buyer: Signer; reader: ReaderKey }): Promise<void> {
  const { chain, deployment, region, epoch, buyer, reader, output } = context;
  const quotes: QuoteSource = async (request) => {
    const answer = await quoteReleases(chain, request, { signerKey: await readQuoteSignerKey(), nowSeconds: (await readChainClock(chain)).time });
    await ensureFunds(chain, buyer, { deployment, tokens: answer.quote.amount });
    return answer;
  };
  const keys = published.map(({ tile }) => ({ regionId: region.id, tile, epoch }));
  const bought = await buyReleases(chain, buyer, keys, { reader: reader.address, quotes, memory: fileMemory(chain), onStep: (step) => void describeStep(step, context) });
  if (bought === null) output.say("These releases were bought before.");
}

async function decryptAll(published: readonly Published[], context: Context & { fhe: FheClient; reader: ReaderKey }): Promise<DecodedRelease[]> {
  const { chain, region, epoch, fhe, reader, output } = context;
  const bar = output.progress("Decrypting", published.length);
  let done = 0;
  try {
    return await Promise.all(
      published.map(async ({ tile, vault }) => {
        const handles = await getPlanes(chain, { regionId: region.id, tile, epoch });
        const planes = await fhe.decryptRelease({ handles, histogramAddress: chain.network.addresses.histogram, vault, reader });
        done += 1;
        bar.update(done);
        return { tile, epoch, epochStart: epochName(region, epoch), cells: decodeRelease({ planes, tile, region }) };
      }),
    );
  } finally {
    bar.stop();
  }
}

function factsOf({ region, law, epoch }: Context): HeatmapFacts {
  const { epsilon, delta } = accounting(law, region.visitsMax);
  return {
    region: region.slug, chainId: region.chainId ?? 0, epochStart: epochName(region, epoch), epochSeconds: region.epochSeconds,
    samplingRate: region.samplingRate, profile: region.profile, threshold: law.threshold, epsilon, delta,
    meaning: "count: sampled visits; vehicles: count / samplingRate; low and high: 95 % interval; shown false: empty, rarely visited or suppressed",
  };
}

function summarize(releases: readonly DecodedRelease[], file: string, { region, epoch, output }: Context): void {
  const cells = releases.flatMap((release) => release.cells);
  const shown = cells.filter((cell) => cell.shown);
  const vehicles = shown.reduce((total, cell) => total + (cell.shown ? cell.vehicles.value : 0), 0);
  output.emit({ type: "summary", file, region: region.slug, epoch, tiles: releases.length, cells: cells.length, shown: shown.length, vehicles: Math.round(vehicles) });
  output.say(`${file}: epoch ${epochName(region, epoch)}, ${releases.length} tile${releases.length === 1 ? "" : "s"}, ${shown.length} of ${cells.length} cells shown, some ${formatWhole(vehicles)} visits in them. The others had too few to show.`);
}

async function openPage({ region, epoch, output }: Context): Promise<void> {
  const url = `http://127.0.0.1:${env().PORT}/regions/${region.slug}?epoch=${encodeURIComponent(epochName(region, epoch))}`;
  const isOpened = await openBrowser(url);
  output.say(isOpened ? `Opening ${url}` : `Open ${url} in your browser.`);
}

async function generate(file: string, context: Context): Promise<void> {
  const { chain, deployment, output } = context;
  const buyer = await openAccount(chain, { name: "buyer", givenKey: env().BUYER_KEY, variable: "BUYER_KEY" });
  const tiles = await publishEpoch(chain, await openSealer(chain, buyer), context);
  const published = requirePublished(tiles, context);
  const fhe = await openFhe(deployment, output, "reading");
  try {
    const reader = await provideReader(fhe);
    await buyPublished(published, { ...context, buyer, reader });
    await waitForEngine(deployment.devnetUrl, published.map(({ vault }) => vault), output);
    const releases = await decryptAll(published, { ...context, fhe, reader });
    await keepReader(reader);
    await writeWhole(file, renderHeatmap(formatOf(file), releases, factsOf(context)));
    summarize(releases, file, context);
  } finally {
    fhe.close();
  }
}

await runCommand(async (output) => {
  const { values } = readArguments(
    { options: { region: { type: "string" }, epoch: { type: "string", default: "latest" }, out: { type: "string" }, open: { type: "boolean", default: false }, json: { type: "boolean", default: false } } },
    usage,
  );
  const { region: slug, out } = values;
  if (slug === undefined || out === undefined) throw new AppError("usage.invalid", usage);
  formatOf(out);
  const { chain, deployment } = await openChain();
  const region = await getRegionBySlug(chain, slug);
  const law = verifyProfile(await getNoiseProfile(chain, region.profile), region.profile);
  const epoch = await chooseEpoch(chain, region, values.epoch);
  const context: Context = { chain, deployment, region, law, epoch, output };
  await generate(out, context);
  if (values.open) await openPage(context);
});
