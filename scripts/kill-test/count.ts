import { readHistogramEvents } from "@/lib/chain/gateway/events";
import { contributionStatusSchema } from "@/lib/ingest/schema";
import { delay } from "@/lib/kernel/time";
import type { Sent } from "@/scripts/kill-test/feed";
import type { Stack } from "@/scripts/kill-test/stack";
import { judge, type Verdict } from "@/scripts/kill-test/verdict";

/** How often the chain says that it counted each address. */
async function countOnChain({ chain }: Stack, regionId: number): Promise<Map<string, number>> {
  const counted = new Map<string, number>();
  for await (const { args } of readHistogramEvents(chain, { names: ["ContributionAccepted"], firstTopic: BigInt(regionId) })) {
    const address = String(args["oneTimeAddress"]).toLowerCase();
    counted.set(address, (counted.get(address) ?? 0) + 1);
  }
  return counted;
}

async function askState({ siteUrl }: Stack, id: string): Promise<string> {
  for (;;) {
    try {
      const response = await fetch(`${siteUrl}/api/v1/contributions/${id}`, { signal: AbortSignal.timeout(30_000) });
      if (response.status === 404) return "unknown";
      return contributionStatusSchema.parse(await response.json()).state;
    } catch {
      await delay(500); // being started again, or asked too often
    }
  }
}

const final = new Set(["accepted", "refused", "unknown", "stalled"]);
const lanes = 8;

/** Asks the API for what is not final yet; answers that are final stay as they are. */
async function askStates(stack: Stack, sent: readonly Sent[], states: Map<string, string>): Promise<number> {
  const open = sent.filter(({ id }) => !final.has(states.get(id) ?? ""));
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let item = open[next]; item !== undefined; item = open[next]) {
      next += 1;
      states.set(item.id, await askState(stack, item.id));
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return sent.filter(({ id }) => !final.has(states.get(id) ?? "")).length;
}

export type CountOptions = {
  sent: readonly Sent[];
  regionId: number;
  /** Milliseconds after which what is not final counts as lost. */
  timeoutMs: number;
  onOpen(open: number): void;
};

/** Waits until the API calls everything accepted or refused, and holds that against the chain's own events. */
export async function countAll(stack: Stack, { sent, regionId, timeoutMs, onOpen }: CountOptions): Promise<Verdict> {
  const states = new Map<string, string>();
  for (const deadline = performance.now() + timeoutMs; performance.now() < deadline; await delay(2_000)) {
    const open = await askStates(stack, sent, states);
    onOpen(open);
    if (open === 0) break;
  }
  await delay(10_000); // a second sending of what was counted already would come now
  const taken = new Map(sent.map(({ oneTimeAddress, id }) => [oneTimeAddress, id]));
  return judge({ taken, onChain: await countOnChain(stack, regionId), states });
}
