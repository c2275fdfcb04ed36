import { z } from "zod";

const readySchema = z.object({
  event: z.literal("ready"),
  publicKeyPath: z.string(),
  crsPath: z.string(),
  publicKeyId: z.string(),
  crsId: z.string(),
  cursor: z.object({ block: z.number().int(), hash: z.string() }).nullable(),
});

const progressSchema = z.object({
  event: z.literal("progress"),
  stage: z.string(),
  done: z.number(),
  total: z.number(),
  secondsLeft: z.number().nullish(),
});

/** One line of the engine's output: an answer to the request of that id, or an event. */
const messageSchema = z.union([
  readySchema,
  progressSchema,
  z.object({ event: z.literal("log"), message: z.string() }),
  z.object({ id: z.number(), error: z.object({ code: z.string(), message: z.string() }) }),
  z.object({ id: z.number(), result: z.unknown() }),
]);

export type EngineReady = z.infer<typeof readySchema>;
export type EngineMessage = z.infer<typeof messageSchema>;

/** Reads a line of the engine; undefined when it is no message. */
export function parseMessage(line: string): EngineMessage | undefined {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return undefined; // not JSON, so no message
  }
  return messageSchema.safeParse(json).data;
}

/** A request as the engine reads it: on the wire, bytes are hexadecimal without 0x. */
export function formatRequest(id: number, method: string, params: unknown): string {
  return JSON.stringify({ id, method, params }, (_, value: unknown) => (typeof value === "string" && value.startsWith("0x") ? value.slice(2) : value));
}

/** What is being waited for, in words that fit behind "waiting for". */
export function describeProgress({ stage, done, total, secondsLeft }: z.infer<typeof progressSchema>): string {
  const left = secondsLeft === null || secondsLeft === undefined ? "" : `, about ${Math.ceil(secondsLeft)} s left`;
  return `the FHE engine's ${stage} (${done} of ${total}${left})`;
}
