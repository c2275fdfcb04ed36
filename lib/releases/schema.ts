import { z } from "zod";
import { releaseStates } from "@/lib/chain/model/release-state";
import { regionSchema } from "@/lib/geo/schema";
import { epochStates } from "@/lib/releases/model/epoch-state";

const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/, "must be an address");
const seconds = z.number().int().min(0);
/** Token units and release ids are wider than a JSON number. */
const decimal = z.string().regex(/^\d{1,78}$/, "must be a decimal number");

/** One tile of one epoch, as the site answers it. */
export const tileEpochSchema = z.object({
  tile: z.string(),
  state: z.enum(releaseStates),
  tickets: z.number().int(),
  vehicles: z.number().int(),
  releaseId: decimal,
  vault: address.nullable(),
});

export const epochSchema = z.object({
  epoch: z.number().int().min(0),
  start: seconds,
  end: seconds,
  closesAt: seconds,
  state: z.enum(epochStates),
  tiles: z.array(tileEpochSchema),
});

export const epochsSchema = z.array(epochSchema);

export const listingSchema = z.object({
  token: address,
  symbol: z.string(),
  decimals: z.number().int().min(0).max(36),
  pricePerRelease: decimal,
  minimum: decimal,
  active: z.boolean(),
});

/** What the noise costs and spoils, computed from the chain's own constants. Counts are of sampled visits unless they say vehicles. */
export const noiseSchema = z.object({
  /** Privacy loss of a vehicle's day. */
  epsilon: z.number(),
  delta: z.number(),
  /** Standard deviation of one speed class, and half of the 95 % interval of a cell's count, in visits and in vehicles. */
  classSpread: z.number(),
  count95: z.number(),
  vehicles95: z.number(),
  /** Empty cells shown by chance, per tile and epoch. */
  emptyShown: z.number(),
  /** A cell is shown when one of its speed classes reaches this. */
  threshold: z.number().int(),
});

/** Where the contracts are and which engine computes: what a reader's browser needs to know. */
export const networkSchema = z.object({
  chainId: z.number().int().positive(),
  gatewayChainId: z.number().int(),
  engine: z.enum(["tfhe", "clear", "network"]),
  deployBlock: z.number().int().min(0),
  addresses: z.object({
    acl: address,
    executor: address,
    kmsVerifier: address,
    inputVerifier: address,
    decryption: address,
    inputVerification: address,
    histogram: address,
    marketplace: address,
    token: address,
  }),
});

export const regionAnswerSchema = z.object({
  name: z.string(),
  /** Its vehicles are simulated. */
  isSimulated: z.boolean(),
  /** Its releases are imported; contributions to it are refused. */
  importOnly: z.boolean(),
  region: regionSchema,
  tiles: z.array(z.string()),
  listing: listingSchema,
  noise: noiseSchema,
  network: networkSchema,
});

export const regionsSchema = z.array(z.object({ slug: z.string(), name: z.string(), tiles: z.number().int(), epochSeconds: z.number().int() }));

/** `limit` newest epochs, or those before `before`. */
export const epochsQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(48),
  before: z.coerce.number().int().min(1).max(2 ** 32).optional(),
});

/** The local network's own word on what it is computing. */
export const progressSchema = z.object({
  queued: z.number(),
  running: z.number(),
  done: z.number(),
  total: z.number(),
  secondsLeft: z.number().nullable(),
  releases: z.array(z.object({ vault: z.string(), done: z.number(), total: z.number() }).loose()),
});

export const devnetStatusSchema = z.object({
  chainId: z.number(),
  engine: z.enum(["tfhe", "clear"]),
  ready: z.boolean(),
  block: z.number(),
  waitingFor: z.string().nullable(),
});

/** Problem details (RFC 9457) as this site answers them. */
export const problemSchema = z.object({ status: z.number(), code: z.string(), detail: z.string(), requestId: z.string() });

/** A release as this browser keeps it once decrypted: its planes, lowest first, the sign plane last. */
export const keptPlanesSchema = z.object({ releaseId: decimal, planes: z.array(decimal) });

/** Answer of the local faucet. */
export const faucetAnswerSchema = z.object({ transactionHash: z.string().regex(/^0x[0-9a-fA-F]{64}$/) });

export type KeptPlanes = z.infer<typeof keptPlanesSchema>;
export type TileEpoch = z.infer<typeof tileEpochSchema>;
export type Epoch = z.infer<typeof epochSchema>;
export type RegionAnswer = z.infer<typeof regionAnswerSchema>;
export type NetworkAnswer = z.infer<typeof networkSchema>;
/** What a page begins with, before it asks by itself. */
export type RegionStart = { region: RegionAnswer; epochs: Epoch[] };
export type ListingAnswer = z.infer<typeof listingSchema>;
export type NoiseAnswer = z.infer<typeof noiseSchema>;
export type Progress = z.infer<typeof progressSchema>;
export type DevnetStatus = z.infer<typeof devnetStatusSchema>;
export type RegionsAnswer = z.infer<typeof regionsSchema>;

/** A cursor is what the page before answered; it means nothing to the caller. */
const cursorSchema = z.string().regex(/^[A-Za-z0-9_-]{1,128}$/, "must be a nextCursor of the page before");

export const releaseSchema = z.object({
  releaseId: decimal,
  region: z.string(),
  epoch: z.number().int().min(0),
  start: seconds,
  end: seconds,
  tile: z.string(),
  state: z.enum(releaseStates),
  tickets: z.number().int(),
  vehicles: z.number().int(),
  /** Address through which the release is read; null before it is published. */
  vault: address.nullable(),
  /** Number of encrypted planes, the sign plane included; 0 before it is published. */
  planes: z.number().int(),
  publishedBlock: z.number().int().nullable(),
  /** ISO 8601, UTC. */
  publishedAt: z.string().nullable(),
  /** The release was imported into the demonstration, not computed from contributions. */
  isImported: z.boolean(),
});

/** A page of published releases, newest epoch first. */
export const releasesPageSchema = z.object({ items: z.array(releaseSchema), nextCursor: z.string().nullable() });

export const releasesQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: cursorSchema.optional(),
  epoch: z.coerce.number().int().min(0).max(2 ** 32 - 1).optional(),
  tile: z.string().regex(/^[0-9a-f]{15}$/, "must be an H3 index of 15 hexadecimal digits").optional(),
});

export type ReleaseAnswer = z.infer<typeof releaseSchema>;
export type ReleasesPage = z.infer<typeof releasesPageSchema>;
export type ReleasesQuery = z.infer<typeof releasesQuerySchema>;

export const purchaseSchema = z.object({
  orderId: z.string(),
  kind: z.enum(["token", "card"]),
  buyer: address.nullable(),
  reader: address,
  token: address.nullable(),
  /** Token units; null for an order paid by card. */
  amount: decimal.nullable(),
  releaseCount: z.number().int(),
  openedCount: z.number().int(),
  refunded: z.boolean(),
  block: z.number().int(),
  transaction: z.string(),
});

/** A page of orders, newest first. */
export const purchasesPageSchema = z.object({ items: z.array(purchaseSchema), nextCursor: z.string().nullable() });

export const purchasesQuerySchema = z.strictObject({
  buyer: address.optional(),
  reader: address.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: cursorSchema.optional(),
}).refine(({ buyer, reader }) => buyer !== undefined || reader !== undefined, "name a buyer or a reader");

export type PurchaseAnswer = z.infer<typeof purchaseSchema>;
export type PurchasesPage = z.infer<typeof purchasesPageSchema>;
export type PurchasesQuery = z.infer<typeof purchasesQuerySchema>;
