import { z } from "zod";
import { isHex } from "@/lib/kernel/hex";
import { releasesPerOrderMax } from "@/lib/orders/model";

const hex = (bytes: number) =>
  z.string().regex(new RegExp(`^0x[0-9a-fA-F]{${2 * bytes}}$`), `must be ${bytes} bytes as 0x-hexadecimal`).refine(isHex);
const uint = z.string().regex(/^\d{1,78}$/, "must be a whole number as decimal text");

/** What is asked of `POST /api/v1/quotes`: ids of releases as decimal text, strictly ascending. */
export const quoteRequestSchema = z.strictObject({
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

/** The same as it goes over the wire. */
export const quoteWireSchema = z.object({
  quote: z.object({ ...quoteAnswerSchema.shape.quote.shape, amount: uint.meta({ description: "Token units." }) }),
  signature: hex(65).meta({ description: "EIP-712 signature of the quote by the quote signer." }),
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
