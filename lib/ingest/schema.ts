import { z } from "zod";
import { isHex, type Hex } from "@/lib/kernel/hex";
import { refusals } from "@/lib/chain/model/refusal";

const hex = z.custom<Hex>((value) => typeof value === "string" && isHex(value), "must be 0x-hexadecimal");
const uint = z.number().int().min(0);

/** What the ticket service answers: the ticket's end and the ticket signer's signature. */
export const ticketAnswerSchema = z.object({ expiry: uint, signature: hex });

/** An item that is ready to be sent, without its ticket. Everything in it is public once it is sent. */
export const preparedItemSchema = z.object({
  regionId: uint,
  epoch: uint,
  cover: uint,
  /** H3 index as decimal text; "0" for a single vehicle. */
  tile: z.string().regex(/^\d+$/),
  levels: z.array(uint),
  handles: z.array(hex),
  vehicles: uint,
  oneTimeAddress: hex,
  signature: hex,
  inputProof: hex,
  maxLevel: uint,
});

export type PreparedItem = z.infer<typeof preparedItemSchema>;

/** One line of the run journal. */
export const journalEntrySchema = z.discriminatedUnion("type", [
  /** Written before the item is sent for the first time: from here on it may be counted. */
  z.object({ type: z.literal("prepared"), id: z.string(), item: preparedItemSchema }),
  z.object({ type: z.literal("accepted"), id: z.string(), transaction: z.string().nullable() }),
  z.object({ type: z.literal("refused"), id: z.string(), reason: z.enum([...refusals, "unknown"]) }),
]);

export type JournalEntry = z.infer<typeof journalEntrySchema>;

const word = z.codec(z.string().regex(/^0x[0-9a-f]{1,64}$/), z.bigint(), {
  decode: (text) => BigInt(text),
  encode: (value) => `0x${value.toString(16)}`,
});
const itemBase = { id: z.string(), regionId: uint, epoch: uint };

/** A planned contribution as it is kept until it is sent. */
export const plannedItemSchema = z.discriminatedUnion("kind", [
  z.object({ ...itemBase, kind: z.literal("vehicle"), cover: uint, words: z.array(word) }),
  z.object({ ...itemBase, kind: z.literal("fleet"), tile: z.string(), planes: z.array(word), vehicles: uint }),
]);

/** Contributions of some vehicles to one region that are not all sent yet. Holds cells, so it never leaves the device. */
export const planSchema = z.object({
  id: z.string(),
  chainId: uint,
  histogram: z.string(),
  regionId: uint,
  /** Hashes of the recordings. */
  vehicles: z.array(z.string()),
  items: z.array(plannedItemSchema),
});

export type Plan = z.infer<typeof planSchema>;

const position = { latitude: z.number(), longitude: z.number() };

/** Everything that this device remembers about its vehicles. Never sent; to be part of the owner's backup. */
export const deviceStateSchema = z.object({
  zones: z.array(z.object({ place: z.object(position), centre: z.object(position), radiusMetres: z.number() })),
  /** Privacy budgets by recording. */
  books: z.record(z.string(), z.object({ spent: z.record(z.string(), z.number()), contributed: z.record(z.string(), z.array(z.number())) })),
  plans: z.array(planSchema),
});

export type DeviceState = z.infer<typeof deviceStateSchema>;
