import { cleanTrack, type Fix } from "@/lib/geo/model/clean-track";
import { regionTiles, type Region } from "@/lib/geo/model/region";
import { toPosition } from "@/lib/geo/model/sphere";
import type { Position, TrackPoint } from "@/lib/geo/model/track";
import { countersOf } from "@/lib/geo/model/words";
import type { RandomSource } from "@/lib/kernel/random";
import { uniform } from "@/lib/kernel/random";
import { cutDiscs } from "@/lib/privacy/model/cut-discs";
import { decodeRelease, type CellEstimate } from "@/lib/privacy/model/decode-release";
import { profileByName } from "@/lib/privacy/model/noise-law";
import { prepareVehicle } from "@/lib/privacy/model/prepare-contribution";
import type { PrepareReport } from "@/lib/privacy/model/prepare-report";
import { publishInClear } from "@/lib/privacy/model/publish-in-clear";
import { findRegionVisits } from "@/lib/privacy/model/region-visits";
import type { OthersTraffic } from "@/lib/privacy/model/sample-drive";
import type { SecretDisc } from "@/lib/privacy/model/zones";

export type FollowInput = {
  readonly points: readonly TrackPoint[];
  readonly region: Region;
  readonly trimEnds: boolean;
  readonly random: RandomSource;
};

/** One drive as each party sees it, but for the bytes, which say nothing. */
export type FollowedDrive = {
  /** The whole drive, and what is left of it, each in unbroken pieces. */
  readonly driven: readonly (readonly Position[])[];
  readonly kept: readonly (readonly Position[])[];
  /** Discs that were cut out. */
  readonly discs: readonly SecretDisc[];
  /** Cells crossed outside of the discs, with the class of the speed in them. */
  readonly crossed: readonly CrossedCell[];
  /** Of those, what will be counted. */
  readonly counted: ReadonlySet<string>;
  readonly report: PrepareReport;
  /** What is sent: a cover by number, and a word for each of its tiles. Null when nothing is left to send. */
  readonly sent: { readonly cover: number; readonly tiles: readonly string[]; readonly words: readonly bigint[] } | null;
};

export type CrossedCell = { readonly cell: string; readonly speedClass: number };

const toPositions = (segments: readonly (readonly Fix[])[]): Position[][] => segments.map((segment) => segment.map(toPosition));

/**
 * Follows a drive through the whole pipeline of a device, keeping what lies between the steps. The discs are drawn first, so that
 * the pieces shown are those that the contribution was made of. Throws what `prepareVehicle` throws.
 */
export function followDrive({ points, region, trimEnds, random }: FollowInput): FollowedDrive {
  const { segments } = cleanTrack(points);
  const drive = findRegionVisits({ points, region, zones: [], trimEnds, random });
  const zones = drive.ok ? drive.value.zones : [];
  const prepared = prepareVehicle({ points, region, zones, trimEnds, random });
  const [epoch] = prepared.epochs;
  return {
    driven: toPositions(segments),
    kept: toPositions(cutDiscs(segments, zones).segments),
    discs: zones,
    crossed: drive.ok ? drive.value.visits.map(({ cell, speedClass }) => ({ cell, speedClass })) : [],
    counted: new Set(epoch?.cells.map(({ cell }) => cell) ?? []),
    report: prepared.report,
    sent: epoch === undefined ? null : { cover: epoch.cover, tiles: region.covers[epoch.cover] ?? [], words: epoch.words },
  };
}

export type SumInput = { readonly region: Region; readonly others: Readonly<Record<string, OthersTraffic>>; readonly sent: FollowedDrive["sent"]; readonly random: RandomSource };

/** What a buyer can read of the epoch: the drive added to everybody else's, noised, small counts removed, decoded. */
export function sumWithOthers({ region, others, sent, random }: SumInput): CellEstimate[] {
  const law = profileByName(region.profile);
  return regionTiles(region).flatMap((tile) => {
    const { tickets = 0, counts = [] } = others[tile] ?? {};
    const place = sent?.tiles.indexOf(tile) ?? -1;
    const own = countersOf([sent?.words[place] ?? 0n]);
    const sums = own.map((bit, counter) => bit + (counts[counter] ?? 0));
    const planes = publishInClear(sums, { law, weight: tickets + 1, uniform: () => uniform(random) });
    return decodeRelease({ planes, tile, region });
  });
}

/**
 * Bytes of a contribution on chain: handles of 32 bytes, the proof of them (fhEVM: two counts, the handles, a signature of 65 bytes for
 * each attesting coprocessor, one byte of extra data), the one-time address and its signature, the ticket's signature.
 */
export function bytesOnChain(words: number, coprocessors = 1): { handles: number; proof: number; address: number; signatures: number } {
  return { handles: 32 * words, proof: 2 + 32 * words + 65 * coprocessors + 1, address: 20, signatures: 2 * 65 };
}
