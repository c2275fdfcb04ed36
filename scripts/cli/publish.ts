import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import { formatDuration } from "@/lib/kernel/format";
import { delay } from "@/lib/kernel/time";
import { readHistogramEvents } from "@/lib/chain/gateway/events";
import { getTileStatus } from "@/lib/chain/gateway/histogram";
import { releaseTile, sealTile } from "@/lib/chain/gateway/lifecycle";
import { readChainClock, type Chain } from "@/lib/chain/gateway/provider";
import type { Signer } from "@/lib/chain/gateway/signer";
import { mapLimited } from "@/lib/chain/model/map-limited";
import { localChainId } from "@/lib/chain/model/network";
import type { TileStatus } from "@/lib/chain/model/release-state";
import { epochAt, epochClosesAt, epochEnd, regionTiles, type Region } from "@/lib/geo/model/region";
import type { Output } from "@/scripts/cli/output";
import { epochName } from "@/scripts/cli/upload-report";

export type TileState = { tile: string; status: TileStatus };

/** Unix second from which this command may seal an epoch: on chain 31337 the curator need not wait for the grace, nor for a study's end. */
export function sealableAt(region: Region, epoch: number): number {
  return region.chainId === localChainId ? epochEnd(region, epoch) : epochClosesAt(region, epoch);
}

/** The newest epoch with contributions that may be published now. Throws `epoch.not-due` or `release.unknown`. */
async function findLatest(chain: Chain, region: Region, now: number): Promise<number> {
  let latest: number | undefined;
  let waiting: number | undefined;
  for await (const { args } of readHistogramEvents(chain, { names: ["ContributionAccepted"], firstTopic: BigInt(region.id) })) {
    const epoch = Number(args["epoch"]);
    if (sealableAt(region, epoch) <= now) latest = Math.max(latest ?? 0, epoch);
    else waiting = Math.min(waiting ?? epoch, epoch);
  }
  if (latest !== undefined) return latest;
  if (waiting === undefined) throw new AppError("release.unknown", `Nothing was contributed to region ${region.slug} yet. Upload something first: npm run upload-data.`);
  throw new AppError("epoch.not-due", `Epoch ${epochName(region, waiting)} can't be published before ${iso(sealableAt(region, waiting))}.`);
}

const iso = (unixSeconds: number): string => new Date(unixSeconds * 1_000).toISOString().replace(".000Z", "Z");

/** The epoch that a person means: the newest that may be published, or the one that a time lies in. */
export async function chooseEpoch(chain: Chain, region: Region, wanted: string): Promise<number> {
  const { time: now } = await readChainClock(chain);
  if (wanted === "latest") return findLatest(chain, region, now);
  const moment = Date.parse(wanted);
  if (Number.isNaN(moment)) throw new AppError("usage.invalid", `"${wanted}" is not a time: --epoch takes latest or a time such as 2026-04-01T08:30:00Z.`);
  const epoch = epochAt(region, moment / 1_000);
  if (epoch === null) throw new AppError("release.unknown", `Region ${region.slug} begins at ${epochName(region, 0)}; there is no epoch at ${wanted}.`);
  const due = sealableAt(region, epoch);
  if (due <= now) return epoch;
  throw new AppError("epoch.not-due", `Epoch ${epochName(region, epoch)} can't be published before ${iso(due)}, in ${formatDuration(due - now)}.`);
}

/** The states of all tiles of the region in an epoch. */
export function readTiles(chain: Chain, region: Region, epoch: number): Promise<TileState[]> {
  return mapLimited(regionTiles(region), 16, async (tile) => ({ tile, status: await getTileStatus(chain, { regionId: region.id, tile, epoch }) }));
}

/** What has to be done about a tile before it can be read. Tiles without a contribution are left as they are. */
function isDue({ status }: TileState): boolean {
  return status.state === "sealed" || status.state === "noised" || (status.state === "collecting" && status.tickets > 0);
}

/**
 * Seals and releases what is due in an epoch; what others have done meanwhile is not done again.
 * Throws `epoch.not-due`, `chain.*`.
 */
export async function publishEpoch(chain: Chain, signer: Signer, target: { region: Region; epoch: number; output: Output }): Promise<TileState[]> {
  const { region, epoch, output } = target;
  const due = (await readTiles(chain, region, epoch)).filter(isDue);
  const bar = due.length === 0 ? undefined : output.progress("Publishing tiles", due.length);
  for (const [index, { tile, status }] of due.entries()) {
    bar?.update(index);
    const key = { regionId: region.id, tile, epoch };
    if (status.state === "collecting") await sealTile(chain, signer, key);
    const { state } = await getTileStatus(chain, key);
    if (state === "sealed" || state === "noised") await releaseTile(chain, signer, key);
    output.emit({ type: "tile", tile, epoch, state: (await getTileStatus(chain, key)).state });
  }
  bar?.update(due.length);
  bar?.stop();
  return readTiles(chain, region, epoch);
}

const progressSchema = z.object({
  secondsLeft: z.number().nullable(),
  releases: z.array(z.object({ vault: z.string(), done: z.number(), total: z.number() })),
});

async function readEngineProgress(devnetUrl: string): Promise<z.infer<typeof progressSchema>> {
  const response = await fetch(`${devnetUrl}/devnet/progress`, { signal: AbortSignal.timeout(15_000) });
  return progressSchema.parse(await response.json());
}

const pauseMs = 1_000;
/** How long the devnet may be silent: it restarts by itself. */
const silenceMs = 180_000;
/** Questions until an engine that names no goal is believed to have none: it learns of a block a moment later. */
const emptyAnswersMax = 4;

/**
 * Waits until the local engine has computed the releases, with its progress. On public networks nothing is known of the
 * computation, and the decryption waits by itself.
 */
export async function waitForEngine(devnetUrl: string | null, vaults: readonly string[], output: Output): Promise<void> {
  if (devnetUrl === null) return;
  const wanted = new Set(vaults.map((vault) => vault.toLowerCase()));
  let bar: ReturnType<Output["progress"]> | undefined;
  let answeredMs = performance.now();
  for (let emptyAnswers = 0; emptyAnswers < emptyAnswersMax; await delay(pauseMs)) {
    const progress = await readEngineProgress(devnetUrl).catch(() => undefined); // restarting: asked again
    if (progress === undefined && performance.now() - answeredMs > silenceMs) throw new AppError("engine.unavailable", `The local network at ${devnetUrl} does not answer.`);
    if (progress === undefined) continue;
    answeredMs = performance.now();
    const mine = progress.releases.filter(({ vault }) => wanted.has(vault.toLowerCase()));
    const [done, total] = [sum(mine.map((release) => release.done)), sum(mine.map((release) => release.total))];
    if (total === 0) {
      if (bar !== undefined) break; // computed meanwhile
      emptyAnswers += 1;
      continue;
    }
    bar ??= output.progress("Computing on ciphertexts", total);
    bar.update(done, "", progress.secondsLeft);
    output.emit({ type: "engine", done, total, secondsLeft: progress.secondsLeft });
    if (done >= total) break;
  }
  bar?.stop();
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
