import { countAll } from "@/scripts/kill-test/count";
import { feed, makeRegion, untilKnown } from "@/scripts/kill-test/feed";
import { killInTurn, type Kill } from "@/scripts/kill-test/kills";
import { startStack, type Part, type StackOptions } from "@/scripts/kill-test/stack";
import type { Verdict } from "@/scripts/kill-test/verdict";

export type KillTestOptions = {
  contributions: number;
  rounds: number;
  pauseMs: number;
  engineBinary: string;
  say(sentence: string): void;
};

export type KillTestResult = Verdict & { kills: Kill[]; spoilt: number; sendSeconds: number; seconds: number; /** Parts that outlived the end of the start. */ left: Part[] };

const timeoutMs = 1_500_000;
const sayEveryMs = 10_000;

/** Says at most once in a while. */
function seldom(say: (sentence: string) => void): (sentence: string) => void {
  let lastMs = 0;
  return (sentence) => {
    if (performance.now() - lastMs < sayEveryMs) return;
    lastMs = performance.now();
    say(sentence);
  };
}

/** Limits that a single address of a test would meet, and batches that grow with what waits. */
const env = { REQUESTS_PER_MINUTE: "1000000", CONTRIBUTIONS_PER_MINUTE: "1000000", BATCH_ITEMS_MIN: "32", BATCH_AGE_SECONDS: "5" } as const satisfies NonNullable<StackOptions["env"]>;

/**
 * Sends contributions through the API of a stack of its own while each of its processes is killed in turn, and counts
 * what became of them. Resolves once everything is counted or refused, or after 25 minutes.
 */
export async function runKillTest({ contributions, rounds, pauseMs, engineBinary, say }: KillTestOptions): Promise<KillTestResult> {
  const stack = await startStack({ engineBinary, onLine: (line) => say(`  | ${line.trim()}`), env });
  const ending = new AbortController();
  const measure = async (): Promise<Omit<KillTestResult, "left">> => {
    const region = await makeRegion(stack);
    await untilKnown(stack);
    const startedMs = performance.now();
    const tell = seldom(say);
    const killing = killInTurn(stack, {
      rounds, pauseMs, signal: ending.signal,
      onKill: ({ part, backAfterMs }) => say(`  killed ${part}; it was back after ${(backAfterMs / 1000).toFixed(1)} s`),
    });
    killing.catch(() => undefined); // waited for below
    const sent = await feed(stack, { region, count: contributions, concurrency: 12, onSent: (done) => tell(`  ${done} of ${contributions} taken by the API`) });
    const sendSeconds = (performance.now() - startedMs) / 1000;
    const kills = await killing;
    const verdict = await countAll(stack, { sent, regionId: region.id, timeoutMs, onOpen: (open) => tell(`  ${open} not counted or refused yet`) });
    return { ...verdict, kills, spoilt: sent.filter(({ isSpoilt }) => isSpoilt).length, sendSeconds, seconds: (performance.now() - startedMs) / 1000 };
  };
  try {
    const measured = await measure();
    return { ...measured, left: await stack.stop() };
  } finally {
    ending.abort();
    await stack.stop();
  }
}
