import "server-only";
import { isAppError } from "@/lib/kernel/errors";
import { createLogger } from "@/lib/platform/log";
import { connectDeployment } from "@/lib/releases/data/connect";
import { findEpochs } from "@/lib/releases/data/find-epochs";
import { getRegionAnswer } from "@/lib/releases/data/get-region";
import { listRegionCards } from "@/lib/releases/data/list-region-cards";
import { openSampleStore } from "@/lib/releases/gateway/sample-store";
import type { RegionCard } from "@/lib/releases/model/region-card";
import type { Sample } from "@/lib/releases/model/sample";
import { takeSample } from "@/lib/releases/mutations/take-sample";

/** The newest sample, if there is one, and what the next waits for. */
export type SampleState = { sample: Sample | null; waitingFor: string | null };

/** After a failure the next visitor's page tries again, but not at once. */
const pauseAfterFailureMs = 15_000;
/** How often it is looked for something newer. */
const lookMs = 20_000;

class Sampler {
  #sample: Sample | null = null;
  #waitingFor: string | null = null;
  #work: Promise<void> | null = null;
  #nextMs = 0;
  #isRestored = false;

  /** What is known at once; something newer is fetched beside. */
  async state(): Promise<SampleState> {
    if (!this.#isRestored) {
      this.#sample = await openSampleStore().readSample();
      this.#isRestored = true;
    }
    if (this.#work === null && performance.now() >= this.#nextMs) this.#work = this.#renew().finally(() => { this.#work = null; });
    return { sample: this.#sample, waitingFor: this.#waitingFor };
  }

  async #renew(): Promise<void> {
    try {
      await this.#take(await listRegionCards());
      this.#nextMs = performance.now() + lookMs;
    } catch (error) {
      this.#nextMs = performance.now() + pauseAfterFailureMs;
      this.#waitingFor = isAppError(error) ? error.message : "Reading the newest release failed; it is tried again in a moment.";
      createLogger("sample").warn({ err: error }, "the front page's sample could not be taken");
    }
  }

  async #take(cards: readonly RegionCard[]): Promise<void> {
    const { chain, deployment } = await connectDeployment();
    // A network that was reset has other contracts, and nothing of the old one can be looked up any more.
    if (this.#sample !== null && this.#sample.marketplace !== chain.network.addresses.marketplace) this.#sample = null;
    const card = chooseRegion(cards);
    if (card?.latestPublished == null) {
      this.#waitingFor = waitingWords(cards);
      return;
    }
    const { slug, latestPublished: { epoch } } = card;
    if (this.#sample?.slug === slug && this.#sample.epoch === epoch) {
      this.#waitingFor = null;
      return;
    }
    if (this.#sample === null) this.#waitingFor = `A release of ${card.name} is being bought, opened and decrypted for you.`;
    const [answer, [found]] = await Promise.all([getRegionAnswer(slug), findEpochs(slug, { limit: 1, before: epoch + 1 })]);
    if (found === undefined) return;
    this.#sample = await takeSample({ chain, deployment, store: openSampleStore(), answer, epoch: found });
    this.#waitingFor = null;
  }
}

/** Of the simulated regions that have something published, the largest. */
function chooseRegion(cards: readonly RegionCard[]): RegionCard | undefined {
  return cards.filter(({ isSimulated, latestPublished }) => isSimulated && latestPublished !== null).toSorted((one, other) => other.tiles - one.tiles)[0];
}

function waitingWords(cards: readonly RegionCard[]): string {
  const simulated = cards.filter(({ isSimulated }) => isSimulated);
  if (simulated.length === 0) return "This network has no simulated region to show for free. Open a region to see what is published.";
  return `The first release of ${simulated.toSorted((one, other) => other.tiles - one.tiles)[0]?.name ?? "the demo city"} has not been published yet.`;
}

const sampler = new Sampler();

/** The front page's sample: one for the whole process, taken beside the requests. Never throws for a network that is away. */
export async function getSample(): Promise<SampleState> {
  return sampler.state();
}
