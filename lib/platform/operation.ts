import type { z } from "zod";
import type { ErrorCode } from "@/lib/kernel/errors";

export type OperationMethod = "GET" | "POST";

/**
 * One thing that the API can do: what it takes, what it answers, and which refusals of its own it has.
 * The route that serves it, the API's document, and the typed client all read this.
 */
export type Operation = {
  /** Name in the document, verb first. */
  id: string;
  method: OperationMethod;
  /** Below /api/v1, with parameters in braces. */
  path: string;
  tag: string;
  summary: string;
  description?: string;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: { schema: z.ZodType; bytesMax: number };
  /** What a good answer holds. The schema has no transforms: it is what goes over the wire. */
  answer: { status: 200 | 201 | 202; description: string; schema: z.ZodType };
  /** Besides those that every operation can have. */
  refusals: readonly ErrorCode[];
  /** Which allowance a request is counted against. */
  limit: "any" | "contributions";
  /** Whether a device's token has to be sent. */
  needsDevice?: boolean;
  /** Whether a repeated request with the same Idempotency-Key is answered as the first was. */
  isRepeatable?: boolean;
};

/** An operation with the types of its own schemas. */
export function defineOperation<const Op extends Operation>(operation: Op): Op {
  return operation;
}

/** Refusals that every operation can have, whatever it does. */
export const commonRefusals = ["request.invalid", "request.too-many", "request.method", "config.invalid", "database.unavailable", "internal"] as const satisfies readonly ErrorCode[];

/** Refusals of operations that read a body. */
export const bodyRefusals = ["request.too-large", "request.media-type", "request.origin"] as const satisfies readonly ErrorCode[];
