import type { ReleaseState } from "@/lib/chain/model/release-state";
import { epochClosesAt, epochEnd, type Region } from "@/lib/geo/model/region";

/**
 * Life of an epoch as a visitor sees it: it takes contributions while it runs (`open`) and some time after (`grace`),
 * waits to be sealed (`closed`), is sealed, gets its noise and is computed (`publishing`), and can then be bought (`published`),
 * unless too few contributed (`void`).
 */
export const epochStates = ["open", "grace", "closed", "sealed", "publishing", "published", "void"] as const;

export type EpochState = (typeof epochStates)[number];

function stateByTime(region: Region, epoch: number, nowSeconds: number): EpochState {
  if (nowSeconds >= epochClosesAt(region, epoch)) return "closed";
  const running = nowSeconds < epochEnd(region, epoch) || nowSeconds < (region.studyUntil ?? 0);
  return running ? "open" : "grace";
}

/** The state of an epoch from the states of its tiles and the chain's clock (unix seconds). */
export function epochState(region: Region, epoch: number, { tiles, nowSeconds }: { tiles: readonly ReleaseState[]; nowSeconds: number }): EpochState {
  const isDone = (state: ReleaseState) => state === "published" || state === "void";
  if (tiles.length > 0 && tiles.every((state) => state === "void")) return "void";
  if (tiles.length > 0 && tiles.every(isDone)) return "published";
  if (tiles.every((state) => state === "collecting")) return stateByTime(region, epoch, nowSeconds);
  return tiles.some((state) => state === "noised" || state === "published") ? "publishing" : "sealed";
}
