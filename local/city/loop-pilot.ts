import type { Region } from "@/lib/geo/model/region";
import { assertLocalChain, type CuratorOptions, ensureRegion } from "@/local/city/ensure-region";

/** The region's name on pages; the chain has only the slug. */
export const loopPilotName = "Loop Pilot";
export const loopPilotSlug = "loop-pilot";

const EPOCH_SECONDS = 1800;

/**
 * The pilot's parameters: one tile of the Near West Side as a cover of its own, epochs of half an hour on the full
 * and the half hour, everything that is driven there counts (p = 1), the demo's noise. It begins with the half hour
 * that `nowSeconds` lies in, so that an epoch is open at once.
 */
export function loopPilot(nowSeconds: number): Omit<Region, "id"> {
  return {
    slug: loopPilotSlug,
    start: Math.floor(nowSeconds / EPOCH_SECONDS) * EPOCH_SECONDS,
    epochSeconds: EPOCH_SECONDS,
    graceSeconds: 600,
    studyUntil: null,
    tileResolution: 7,
    samplingRate: 1,
    visitsMax: 8,
    ticketsMin: 3,
    profile: "demo",
    speedEdges: [10, 20, 30, 45],
    covers: [["872664ca9ffffff"]],
  };
}

/**
 * Makes sure that Loop Pilot exists on the local chain and is for sale. Safe to repeat.
 * Throws `chain.wrong-network` on any chain but 31337: the demo's noise protects nobody.
 */
export async function ensureLoopPilot(options: CuratorOptions): Promise<Region> {
  assertLocalChain(options.chain, loopPilotName);
  return ensureRegion(options, loopPilotSlug, loopPilot);
}
