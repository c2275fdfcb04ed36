import { getRegionBySlug } from "@/lib/chain/gateway/histogram";
import { type Chain, readChainClock } from "@/lib/chain/gateway/provider";
import type { Signer } from "@/lib/chain/gateway/signer";
import { chicagoCentralSlug } from "@/local/city/chicago-central";
import { PastMaker } from "@/local/city/past/make-releases";
import { findMissing, type MissingEpoch } from "@/local/city/past/past-epochs";
import { encryptReleases, sendImports } from "@/local/city/past/send-releases";
import { readStreets } from "@/local/city/streets";

/** Releases of the past on the chain, and how many there are in all. */
export type PastProgress = { readonly done: number; readonly total: number };

export type ImportOptions = {
  readonly chain: Chain;
  /** Holds the curator's role of the histogram. */
  readonly curator: Signer;
  readonly devnetUrl: string;
  readonly onProgress?: (progress: PastProgress) => void;
  readonly signal?: AbortSignal;
};

/** Epochs whose imports fit one block. */
const EPOCHS_AT_ONCE = 2;

/**
 * Makes Chicago Central's last 48 hours: simulates what is not on the chain yet, has it encrypted and imports it, the
 * newest hours first. May be interrupted at any moment and run again; what is there is left alone, and the same hour
 * always gets the same traffic. Needs the engine. Throws `engine.unavailable` or `chain.*`.
 */
export async function importPast(options: ImportOptions): Promise<PastProgress> {
  const { chain, onProgress, signal } = options;
  const region = await getRegionBySlug(chain, chicagoCentralSlug);
  const { time } = await readChainClock(chain);
  const { missing, total } = await findMissing(chain, region, time);
  let done = total - missing.reduce((sum, { tiles }) => sum + tiles.length, 0);
  const report = (): void => onProgress?.({ done, total });
  report();
  if (missing.length === 0) return { done, total };
  const maker = new PastMaker(region, await readStreets());
  const pipeline = new Pipeline((count) => {
    done += count;
    report();
  });
  for (const epochs of inBatches(missing)) {
    if (signal?.aborted === true) break;
    const releases = epochs.flatMap((epoch) => maker.make(epoch));
    const calls = encryptReleases(releases, { ...options, regionId: region.id });
    await pipeline.push(releases.length, async () => sendImports(await calls, options));
  }
  await pipeline.end();
  return { done, total };
}

/** While a block takes one batch and the engine encrypts the next, the one after is simulated. */
class Pipeline {
  #sending: Promise<() => Promise<void>> = Promise.resolve(async () => undefined);

  constructor(private readonly onSettled: (releases: number) => void) {}

  /** Takes a batch once the one before is sent; throws what kept an earlier one from being imported. */
  async push(releases: number, send: () => Promise<() => Promise<void>>): Promise<void> {
    const settle = await this.#sending;
    this.#sending = send().then((settleThese) => async () => {
      await settleThese();
      this.onSettled(releases);
    });
    this.#sending.catch(() => undefined); // thrown to whoever comes next
    await settle();
  }

  async end(): Promise<void> {
    await (await this.#sending)();
    this.#sending = Promise.resolve(async () => undefined);
  }
}

function* inBatches(missing: readonly MissingEpoch[]): Generator<readonly MissingEpoch[]> {
  for (let from = 0; from < missing.length; from += EPOCHS_AT_ONCE) yield missing.slice(from, from + EPOCHS_AT_ONCE);
}
