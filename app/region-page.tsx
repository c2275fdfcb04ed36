import { cache } from "react";
import { isAppError } from "@/lib/kernel/errors";
import { delay } from "@/lib/kernel/time";
import { findEpochs } from "@/lib/releases/data/find-epochs";
import { getRegionAnswer } from "@/lib/releases/data/get-region";
import { epochsQuerySchema, type RegionStart } from "@/lib/releases/schema";
import { RegionScreen } from "@/lib/releases/ui/region-screen";

type Start = RegionStart | "unknown" | null;

/** A page is sent after this time with or without the chain's answer; the browser asks again. */
const patienceMs = 1_500;

async function readRegion(slug: string): Promise<RegionStart> {
  const [region, epochs] = await Promise.all([getRegionAnswer(slug), findEpochs(slug, epochsQuerySchema.parse({}))]);
  return { region, epochs };
}

/** What the chain says of the region now; null when it does not answer in time. Asked once a request. */
export const readStart = cache(async (slug: string): Promise<Start> => {
  const answer = readRegion(slug).catch((error: unknown): Start => {
    if (isAppError(error, "region.unknown") || isAppError(error, "region.invalid")) return "unknown";
    if (isAppError(error)) return null;
    throw error;
  });
  return Promise.race([answer, delay(patienceMs).then(() => null)]);
});

type RegionPageProps = { slug: string; start: Start; epoch: string | string[] | undefined };

/** The whole page of one region. */
export function RegionPage({ slug, start, epoch }: RegionPageProps) {
  return (
    // Exactly what the header leaves of the window: the map and the panel scroll for themselves.
    <div className="flex h-[calc(100dvh-3.5rem)] flex-col overflow-hidden">
      <RegionScreen slug={slug} initial={start === "unknown" ? null : start} epochLink={typeof epoch === "string" ? epoch : null} />
    </div>
  );
}
