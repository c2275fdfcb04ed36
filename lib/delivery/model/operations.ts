import { z } from "zod";
import {
  contributionAnswerSchema, contributionRequestSchema, contributionStatusSchema, deviceAnswerSchema, deviceRequestSchema, ticketRequestSchema, ticketWireSchema,
} from "@/lib/ingest/schema";
import { quoteRequestSchema, quoteWireSchema } from "@/lib/orders/schema";
import { defineOperation, type Operation } from "@/lib/platform/operation";
import {
  epochsQuerySchema, epochsSchema, purchasesPageSchema, purchasesQuerySchema, regionAnswerSchema, regionsSchema, releaseSchema, releasesPageSchema, releasesQuerySchema,
} from "@/lib/releases/schema";

const slugParams = z.strictObject({ slug: z.string().regex(/^[a-z0-9-]{1,32}$/, "must be a region's slug").meta({ description: "Short name of the region.", example: "loop-pilot" }) });
const networkRefusals = ["chain.unreachable", "chain.reset", "index.behind"] as const;

export const operations = {
  registerDevice: defineOperation({
    id: "registerDevice", method: "POST", path: "/devices", tag: "Contributing", limit: "any", isRepeatable: true,
    summary: "Register a device",
    description: "Gives a token with which the device asks for tickets. Registrations are limited for each network and day; the network's address is hashed with a salt of the day, in memory only.",
    body: { schema: deviceRequestSchema, bytesMax: 1_024 },
    answer: { status: 201, description: "The device and its token.", schema: deviceAnswerSchema },
    refusals: ["device.too-many", "request.conflict"],
  }),
  issueTicket: defineOperation({
    id: "issueTicket", method: "POST", path: "/tickets", tag: "Contributing", limit: "any", isRepeatable: true, needsDevice: true,
    summary: "Get a ticket",
    description: "Signs the right to one contribution of a one-time address to an open epoch. A device gets a limited number a day. Which address a device asked for is not kept.",
    body: { schema: ticketRequestSchema, bytesMax: 4_096 },
    answer: { status: 201, description: "The ticket's end and signature.", schema: ticketWireSchema },
    refusals: ["device.unknown", "ticket.quota", "region.unknown", "region.import-only", "epoch.closed", "contribution.refused", "request.conflict", ...networkRefusals],
  }),
  postContribution: defineOperation({
    id: "postContribution", method: "POST", path: "/contributions", tag: "Contributing", limit: "contributions", isRepeatable: true,
    summary: "Post a contribution",
    description: "Takes one encrypted contribution. It is answered once its form, ticket, signature and epoch are checked and it is on disk; proof and chain follow. The same contribution again answers the same id. Needs no authorisation and reads no cookie: its ticket is its right.",
    body: { schema: contributionRequestSchema, bytesMax: 16_384 },
    answer: { status: 202, description: "Taken: where to ask what became of it.", schema: contributionAnswerSchema },
    refusals: ["contribution.conflict", "contribution.refused", "ticket.invalid", "ticket.expired", "region.unknown", "region.import-only", "epoch.closed", "request.conflict", ...networkRefusals],
  }),
  getContribution: defineOperation({
    id: "getContribution", method: "GET", path: "/contributions/{id}", tag: "Contributing", limit: "any",
    summary: "What became of a contribution",
    params: z.strictObject({ id: z.uuid().meta({ description: "From the answer to the post." }) }),
    answer: { status: 200, description: "Its state.", schema: contributionStatusSchema },
    refusals: ["contribution.unknown"],
  }),
  findRegions: defineOperation({
    id: "findRegions", method: "GET", path: "/regions", tag: "Regions", limit: "any",
    summary: "All regions",
    answer: { status: 200, description: "The regions, by number.", schema: regionsSchema },
    refusals: networkRefusals,
  }),
  getRegion: defineOperation({
    id: "getRegion", method: "GET", path: "/regions/{slug}", tag: "Regions", limit: "any",
    summary: "A region",
    description: "Its parameters, price and noise, and where its contracts are. Amounts are decimal text, in token units.",
    params: slugParams,
    answer: { status: 200, description: "The region.", schema: regionAnswerSchema },
    refusals: ["region.unknown", "privacy.unknown-profile", ...networkRefusals],
  }),
  findEpochs: defineOperation({
    id: "findEpochs", method: "GET", path: "/regions/{slug}/epochs", tag: "Regions", limit: "any",
    summary: "A region's epochs",
    description: "The newest epochs that have begun, or those before an epoch; oldest first. For the page before, ask with `before` = the first epoch of this page.",
    params: slugParams, query: epochsQuerySchema,
    answer: { status: 200, description: "The epochs with the state of each tile.", schema: epochsSchema },
    refusals: ["region.unknown", ...networkRefusals],
  }),
  findReleases: defineOperation({
    id: "findReleases", method: "GET", path: "/regions/{slug}/releases", tag: "Releases", limit: "any",
    summary: "A region's published releases",
    params: slugParams, query: releasesQuerySchema,
    answer: { status: 200, description: "A page, newest epoch first.", schema: releasesPageSchema },
    refusals: ["region.unknown", ...networkRefusals],
  }),
  getRelease: defineOperation({
    id: "getRelease", method: "GET", path: "/releases/{id}", tag: "Releases", limit: "any",
    summary: "A release",
    description: "Public facts only: what is in it is read from the chain by whoever it was opened to.",
    params: z.strictObject({ id: z.string().regex(/^\d{1,39}$/, "must be a release's id as decimal text").meta({ description: "regionId · 2^96 + epoch · 2^64 + tile, as decimal text." }) }),
    answer: { status: 200, description: "The release.", schema: releaseSchema },
    refusals: ["release.unknown", ...networkRefusals],
  }),
  findPurchases: defineOperation({
    id: "findPurchases", method: "GET", path: "/purchases", tag: "Buying", limit: "any",
    summary: "Purchases of a buyer or reader",
    description: "What the marketplace's events say of orders; all of it is public on chain.",
    query: purchasesQuerySchema,
    answer: { status: 200, description: "A page, newest first.", schema: purchasesPageSchema },
    refusals: [],
  }),
  quoteReleases: defineOperation({
    id: "quoteReleases", method: "POST", path: "/quotes", tag: "Buying", limit: "any", isRepeatable: true,
    summary: "Quote a price",
    description: "Promises a price for published releases to one buyer, signed for the marketplace. Reads the chain and writes nothing.",
    // 2,000 ids of 40 digits.
    body: { schema: quoteRequestSchema, bytesMax: 128 * 1_024 },
    answer: { status: 200, description: "The quote and its signature.", schema: quoteWireSchema },
    refusals: ["quote.invalid", "release.unknown", "release.not-published", "listing.missing", "region.unknown", "tile.invalid", "tile.pentagon", "request.conflict", ...networkRefusals],
  }),
  getDocument: defineOperation({
    id: "getDocument", method: "GET", path: "/openapi.json", tag: "About", limit: "any",
    summary: "This document",
    answer: { status: 200, description: "OpenAPI 3.1.", schema: z.record(z.string(), z.unknown()) },
    refusals: [],
  }),
} as const satisfies Record<string, Operation>;

export type Operations = typeof operations;
