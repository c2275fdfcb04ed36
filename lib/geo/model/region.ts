/** Names of the noise laws that `GeometricNoise` knows; the order is that of the contract's enum. */
export const profileNames = ["standard", "careful", "demo"] as const;

export type ProfileName = (typeof profileNames)[number];

/** The four edges between the five speed classes, km/h, strictly ascending whole numbers. */
export type SpeedEdges = readonly [number, number, number, number];

/** An area collected and sold under one set of parameters that never change. */
export type Region = {
  /** The chain's number, from 1; 0 while the region is not on chain yet. */
  readonly id: number;
  readonly slug: string;
  readonly chainId?: number;
  /** Unix second at which epoch 0 begins. */
  readonly start: number;
  readonly epochSeconds: number;
  /** Seconds after an epoch's end during which contributions are still taken. */
  readonly graceSeconds: number;
  /** Unix second until which every epoch that has begun stays open, or null when the region is no study. */
  readonly studyUntil: number | null;
  /** H3 resolution of the tiles, 0 to 13. */
  readonly tileResolution: number;
  /** Share p of visited cells that is kept, above 0 and at most 1. */
  readonly samplingRate: number;
  /** L0: sampled visits that a vehicle may contribute in a day. */
  readonly visitsMax: number;
  readonly ticketsMin: number;
  readonly profile: ProfileName;
  readonly speedEdges: SpeedEdges;
  /** A partition of the region's tiles into sets of 1 to 8; a cover is named by its place in this list. */
  readonly covers: readonly (readonly string[])[];
};

/** Epochs `first` to `last`, both included. */
export type EpochRange = { readonly first: number; readonly last: number };

/** Tiles that one encrypted input can hold a word for (2,048 bits). */
export const COVER_TILES_MAX = 8;

const EPOCH_MAX = 2 ** 32 - 1;

/** The epoch that a time lies in; null before the region's start. Fractions of a second are allowed. */
export function epochAt(region: Region, unixSeconds: number): number | null {
  const epoch = Math.floor((unixSeconds - region.start) / region.epochSeconds);
  return epoch >= 0 && epoch <= EPOCH_MAX ? epoch : null;
}

/** Unix second at which the epoch begins. */
export function epochStart(region: Region, epoch: number): number {
  return region.start + epoch * region.epochSeconds;
}

/** Unix second at which the epoch ends and the next begins. */
export function epochEnd(region: Region, epoch: number): number {
  return epochStart(region, epoch + 1);
}

/** Unix second from which the epoch takes no more contributions: its end plus the grace, or the study's end when that is later. */
export function epochClosesAt(region: Region, epoch: number): number {
  return Math.max(epochEnd(region, epoch) + region.graceSeconds, region.studyUntil ?? 0);
}

/** Whether the epoch has begun and still takes contributions. */
export function isEpochOpen(region: Region, epoch: number, nowSeconds: number): boolean {
  return epoch >= 0 && epochStart(region, epoch) <= nowSeconds && nowSeconds < epochClosesAt(region, epoch);
}

/** The epochs that take contributions now; null before the region's start. Epochs close in order, so they are one range. */
export function openEpochs(region: Region, nowSeconds: number): EpochRange | null {
  const last = epochAt(region, nowSeconds);
  if (last === null) return null;
  if (region.studyUntil !== null && nowSeconds < region.studyUntil) return { first: 0, last };
  const first = Math.floor((nowSeconds - region.graceSeconds - region.start) / region.epochSeconds);
  return { first: Math.max(0, first), last };
}

/** Every tile of the region, in the order of its covers. */
export function regionTiles(region: Region): string[] {
  return region.covers.flat();
}

const knownCovers = new WeakMap<Region["covers"], ReadonlyMap<string, number>>();

/** For every tile of the region the number of its cover. Made once for each list of covers. */
export function coverByTile({ covers }: Pick<Region, "covers">): ReadonlyMap<string, number> {
  const known = knownCovers.get(covers);
  if (known !== undefined) return known;
  const made = new Map(covers.flatMap((tiles, cover) => tiles.map((tile): [string, number] => [tile, cover])));
  knownCovers.set(covers, made);
  return made;
}
