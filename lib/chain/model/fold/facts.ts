import type { ReleaseState } from "@/lib/chain/model/release-state";
import type { Region } from "@/lib/geo/model/region";

export type RegionFact = { readonly region: Region; readonly createdBlock: number; readonly importOnly: boolean };

export type ListingFact = {
  readonly regionId: number;
  readonly token: string;
  readonly pricePerRelease: bigint;
  readonly priceFiatMinor: bigint;
  readonly largestDiscountBps: number;
  readonly active: boolean;
  readonly block: number;
};

export type TileFact = {
  readonly regionId: number;
  readonly epoch: number;
  readonly tile: string;
  readonly state: ReleaseState;
  readonly tickets: number;
  readonly vehicles: number;
  readonly weight: number;
  readonly vault: string | null;
  readonly planes: number;
  readonly sealedBlock: number | null;
  readonly noisedBlock: number | null;
  readonly publishedBlock: number | null;
  /** Unix second. */
  readonly publishedAt: number | null;
  readonly imported: boolean;
};

export type AcceptedFact = {
  readonly oneTimeAddress: string;
  readonly regionId: number;
  readonly epoch: number;
  readonly cover: number;
  readonly tile: string | null;
  readonly vehicles: number;
  readonly levels: readonly number[];
  readonly block: number;
  readonly transaction: string;
  readonly logIndex: number;
};

export type OpeningFact = { readonly releaseId: bigint; readonly reader: string; readonly expiry: bigint; readonly block: number };

export type OrderFact = {
  readonly orderId: string;
  readonly kind: "token" | "card";
  readonly buyer: string | null;
  readonly reader: string;
  readonly readers: readonly string[];
  readonly token: string | null;
  readonly amount: bigint | null;
  readonly releaseCount: number;
  readonly releasesHash: string;
  readonly refunded: boolean;
  readonly openedCount: number;
  readonly block: number;
  readonly transaction: string;
};

/** What is known of a chain, or of some scopes of it. `null` stands for something that an event took away. */
export type Facts = {
  readonly regions: Map<number, RegionFact>;
  readonly listings: Map<number, ListingFact>;
  readonly tiles: Map<string, TileFact>;
  readonly accepted: Map<string, AcceptedFact>;
  readonly openings: Map<string, OpeningFact | null>;
  readonly orders: Map<string, OrderFact>;
};

export function emptyFacts(): Facts {
  return { regions: new Map(), listings: new Map(), tiles: new Map(), accepted: new Map(), openings: new Map(), orders: new Map() };
}

export const tileKey = ({ regionId, epoch, tile }: Pick<TileFact, "regionId" | "epoch" | "tile">): string => `${regionId}/${epoch}/${tile}`;
export const openingKey = ({ releaseId, reader }: Pick<OpeningFact, "releaseId" | "reader">): string => `${releaseId}/${reader}`;

function changedEntries<Key, Fact>(before: ReadonlyMap<Key, Fact>, after: ReadonlyMap<Key, Fact>): Map<Key, Fact> {
  return new Map([...after].filter(([key, fact]) => before.get(key) !== fact));
}

/** A copy whose maps can be changed; the facts themselves never change. */
export function copyFacts(facts: Facts): Facts {
  const { regions, listings, tiles, accepted, openings, orders } = facts;
  return { regions: new Map(regions), listings: new Map(listings), tiles: new Map(tiles), accepted: new Map(accepted), openings: new Map(openings), orders: new Map(orders) };
}

/** The facts that are other ones than before. */
export function changedFacts(before: Facts, after: Facts): Facts {
  return {
    regions: changedEntries(before.regions, after.regions),
    listings: changedEntries(before.listings, after.listings),
    tiles: changedEntries(before.tiles, after.tiles),
    accepted: changedEntries(before.accepted, after.accepted),
    openings: changedEntries(before.openings, after.openings),
    orders: changedEntries(before.orders, after.orders),
  };
}
