import { z } from "zod";
import type { Check } from "@/lib/chain/data/check-target";

const answerSchema = z.object({ response: z.object({ fheKeyInfo: z.array(z.unknown()).min(1) }) });
const answerMs = 20_000;

/** Whether the relayer answers, and takes the API key. Throws nothing; the key is in no message. */
export async function checkRelayer({ relayerUrl, apiKey }: { relayerUrl: string; apiKey: string | null }): Promise<Check> {
  const url = `${relayerUrl.replace(/\/$/, "")}/keyurl`;
  const fail = (detail: string): Check => ({ name: "relayer", ok: false, detail });
  try {
    const response = await fetch(url, { headers: apiKey === null ? {} : { "x-api-key": apiKey }, signal: AbortSignal.timeout(answerMs) });
    if (response.status === 401 || response.status === 403) return fail(`${url} refuses the key (HTTP ${response.status}). Check RELAYER_API_KEY.`);
    const parsed = answerSchema.safeParse(await response.json().catch(() => undefined));
    if (!response.ok || !parsed.success) return fail(`${url} does not answer as a relayer does (HTTP ${response.status}). Check RELAYER_URL.`);
    return { name: "relayer", ok: true, detail: url };
  } catch {
    return fail(`${url} does not answer. Check RELAYER_URL and the network.`);
  }
}
