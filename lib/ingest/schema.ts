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
  /** Written before the item is sent for the first time: from here on its vehicles may be counted. */
  z.object({ type: z.literal("prepared"), id: z.string(), vehicleKeys: z.array(z.string()), item: preparedItemSchema }),
  z.object({ type: z.literal("accepted"), id: z.string(), transaction: z.string().nullable() }),
  z.object({ type: z.literal("refused"), id: z.string(), reason: z.enum([...refusals, "unknown"]) }),
]);

export type JournalEntry = z.infer<typeof journalEntrySchema>;
