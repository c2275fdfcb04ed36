import { z } from "zod";
import { isHex, type Hex } from "@/lib/kernel/hex";
import { releasesPerOrderMax } from "@/lib/orders/model";

const hex = (bytes: number) =>
  z.custom<Hex>((value) => typeof value === "string" && isHex(value) && value.length === 2 + 2 * bytes, `must be ${bytes} bytes as 0x-hexadecimal`);
const uint = z.string().regex(/^\d{1,78}$/, "must be a whole number as decimal text");

/** What is asked of `POST /api/v1/quotes`: ids of releases as decimal text, strictly ascending. */
export const quoteRequestSchema = z.object({
  releases: z.array(uint.transform(BigInt)).min(1).max(releasesPerOrderMax),
  buyer: hex(20),
  /** Who will decrypt; often a key made for it, which never holds money. */
  reader: hex(20),
});

export type QuoteRequest = z.infer<typeof quoteRequestSchema>;

/** What is answered: the quote as the marketplace takes it, big numbers as decimal text. */
export const quoteAnswerSchema = z.object({
  quote: z.object({
    orderId: hex(32),
    buyer: hex(20),
    reader: hex(20),
    releasesHash: hex(32),
    token: hex(20),
    amount: uint.transform(BigInt),
    /** Unix seconds. */
    deadline: z.number().int().positive(),
  }),
  signature: hex(65),
});

export type QuoteAnswer = z.infer<typeof quoteAnswerSchema>;

/** An order that was begun on this device: written before it is paid, so that it is finished and not paid again. */
export const rememberedOrderSchema = z.object({
  orderId: z.string(),
  /** Ids of its releases as decimal text, in the order's own order. */
  releases: z.array(z.string().regex(/^\d{1,78}$/)),
  /** Whether all of them were seen opened. */
  isOpened: z.boolean(),
});

export type RememberedOrder = z.infer<typeof rememberedOrderSchema>;
