import { z } from "zod";

const progressSchema = z.object({ queued: z.number(), running: z.number(), secondsLeft: z.number().nullable() });

/** What the engine has to do, by the local network's own account. */
export type EngineLoad = { readonly operations: number; readonly secondsLeft: number | null };

const TIMEOUT_MS = 10_000;
/** An engine that needs longer than this for what it has would come ever further behind with more. */
const SECONDS_LEFT_MAX = 600;

/** Asks the local network; throws when it does not answer. */
export async function readEngineLoad(devnetUrl: string): Promise<EngineLoad> {
  const response = await fetch(`${devnetUrl}/devnet/progress`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  const { queued, running, secondsLeft } = progressSchema.parse(await response.json());
  return { operations: queued + running, secondsLeft };
}

/** Whether new contributions should wait. */
export function isBehind({ operations, secondsLeft }: EngineLoad): boolean {
  return operations > 0 && (secondsLeft === null || secondsLeft > SECONDS_LEFT_MAX);
}
