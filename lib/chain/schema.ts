import { z } from "zod";

const number = z.string().regex(/^\d{1,16}$/).transform(Number).pipe(z.number().int().max(Number.MAX_SAFE_INTEGER));
const wide = z.string().regex(/^\d{1,78}$/).transform(BigInt);
const hex = z.string().regex(/^0x[0-9a-f]*$/);

const regionParams = z.object({
  slug: hex,
  start: wide,
  epochSeconds: wide,
  graceSeconds: wide,
  studyUntil: wide,
  tileResolution: wide,
  samplingPpm: wide,
  visitsMax: wide,
  ticketsMin: wide,
  profile: wide,
  speedEdges: z.array(wide),
  covers: z.array(z.array(wide)),
});

const tilePlace = { regionId: number, epoch: number, tile: wide };

/** Arguments of the events that facts are folded from, as the index keeps them. */
export const eventArgs = {
  RegionCreated: z.object({ regionId: number, params: regionParams }),
  ImportOnly: z.object({ regionId: number }),
  ContributionAccepted: z.object({ ...tilePlace, oneTimeAddress: hex, cover: number, vehicles: number, levels: z.array(number) }),
  TileSealed: z.object({ ...tilePlace, state: number, tickets: number, vehicles: number }),
  TileNoised: z.object({ releaseId: wide }),
  ReleasePublished: z.object({ releaseId: wide, vault: hex, planes: z.array(hex) }),
  ReleaseOpened: z.object({ releaseId: wide, reader: hex, expiry: wide }),
  ReleaseClosed: z.object({ releaseId: wide, reader: hex }),
  ListingSet: z.object({
    regionId: number,
    listing: z.object({ token: hex, pricePerRelease: wide, priceFiatMinor: wide, largestDiscountBps: number, active: z.boolean() }),
  }),
  OrderPaid: z.object({ orderId: hex, buyer: hex, reader: hex, token: hex, amount: wide, releasesHash: hex, releaseCount: number }),
  OrderFulfilledByCard: z.object({ orderId: hex, reader: hex, releasesHash: hex, releaseCount: number }),
  OrderOpened: z.object({ orderId: hex, from: number, count: number }),
  OrderRefunded: z.object({ orderId: hex }),
  ReaderAdded: z.object({ orderId: hex, reader: hex }),
  ReaderRemoved: z.object({ orderId: hex, reader: hex }),
} as const;

export type FoldedName = keyof typeof eventArgs;
export type ArgsOf<Name extends FoldedName> = z.output<(typeof eventArgs)[Name]>;
