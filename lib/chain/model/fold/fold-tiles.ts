import { AppError } from "@/lib/kernel/errors";
import type { ChainEvent } from "@/lib/chain/model/chain-event";
import { tileKey, type Facts, type RegionFact, type TileFact } from "@/lib/chain/model/fold/facts";
import { unpackReleaseId, type ReleaseKey } from "@/lib/chain/model/release-id";
import { releaseStates } from "@/lib/chain/model/release-state";
import type { ArgsOf } from "@/lib/chain/schema";
import { tileFromBigInt } from "@/lib/geo/model/tile";

function regionOf(facts: Facts, regionId: number): RegionFact {
  const fact = facts.regions.get(regionId);
  if (fact === undefined) throw new AppError("internal", `An event tells of region ${regionId}, whose creation was not read.`);
  return fact;
}

const fresh = { state: "collecting", tickets: 0, vehicles: 0, weight: 0, vault: null, planes: 0, sealedBlock: null, noisedBlock: null, publishedBlock: null, publishedAt: null } as const;

function changeTile(facts: Facts, key: ReleaseKey, change: (tile: TileFact) => Partial<TileFact>): void {
  const { regionId, epoch, tile } = key;
  const before = facts.tiles.get(tileKey(key)) ?? { ...fresh, regionId, epoch, tile, imported: regionOf(facts, regionId).importOnly };
  facts.tiles.set(tileKey(key), { ...before, ...change(before) });
}

/** Sum of 2^level over the words that a contribution puts into each of its tiles; a single vehicle puts one word of level 0. */
function weightOf(levels: readonly number[]): number {
  return levels.length === 0 ? 1 : levels.reduce((sum, level) => sum + 2 ** level, 0);
}

export function foldAccepted(facts: Facts, args: ArgsOf<"ContributionAccepted">, event: ChainEvent): void {
  const { regionId, epoch, cover, vehicles, levels, oneTimeAddress } = args;
  const tile = args.tile === 0n ? null : tileFromBigInt(args.tile);
  const { block, transaction, logIndex } = event;
  facts.accepted.set(oneTimeAddress, { oneTimeAddress, regionId, epoch, cover, tile, vehicles, levels, block, transaction, logIndex });
  const tiles = tile === null ? (regionOf(facts, regionId).region.covers[cover] ?? []) : [tile];
  for (const one of tiles) {
    changeTile(facts, { regionId, epoch, tile: one }, (before) => ({
      tickets: before.tickets + 1,
      vehicles: before.vehicles + vehicles,
      weight: before.weight + weightOf(levels),
    }));
  }
}

export function foldSealed(facts: Facts, args: ArgsOf<"TileSealed">, { block }: ChainEvent): void {
  const { regionId, epoch, tickets, vehicles } = args;
  const state = releaseStates[args.state];
  if (state === undefined) throw new AppError("internal", "The contract tells of a release state that this version does not know.");
  changeTile(facts, { regionId, epoch, tile: tileFromBigInt(args.tile) }, (before) => ({
    state, tickets, vehicles, sealedBlock: block,
    // An imported release has no words; the contract then counts its vehicles.
    weight: before.imported ? vehicles : before.weight,
  }));
}

export function foldNoised(facts: Facts, { releaseId }: ArgsOf<"TileNoised">, { block }: ChainEvent): void {
  changeTile(facts, unpackReleaseId(releaseId), () => ({ state: "noised", noisedBlock: block }));
}

export function foldPublished(facts: Facts, { releaseId, vault, planes }: ArgsOf<"ReleasePublished">, { block, time }: ChainEvent): void {
  changeTile(facts, unpackReleaseId(releaseId), () => ({ state: "published", vault, planes: planes.length, publishedBlock: block, publishedAt: time }));
}
