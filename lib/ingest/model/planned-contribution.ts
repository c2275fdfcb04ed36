/** One encrypted input that is to be made: words of one vehicle for one cover, or planes of a fleet's sum for one tile. */
export type PlannedContribution = {
  /** `PLAN/EPOCH/PLACE`, never given twice: the key of the run journal. */
  id: string;
  regionId: number;
  epoch: number;
} & (
  | { kind: "vehicle"; cover: number; words: readonly bigint[] }
  /** `planes` are levels 0 to l; `vehicles` is public. */
  | { kind: "fleet"; tile: string; planes: readonly bigint[]; vehicles: number }
);

/** The words or planes to encrypt, in the order of the handles. */
export function valuesOf(item: PlannedContribution): readonly bigint[] {
  return item.kind === "vehicle" ? item.words : item.planes;
}

/** Highest level that the contribution's ticket must allow. */
export function maxLevelOf(item: PlannedContribution): number {
  return item.kind === "vehicle" ? 0 : item.planes.length - 1;
}

/** Vehicles that the contribution publicly stands for. */
export function vehiclesOf(item: PlannedContribution): number {
  return item.kind === "vehicle" ? 1 : item.vehicles;
}
