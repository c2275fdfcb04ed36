"use client";

import { Notice } from "@/components/notice";
import { formatDuration, formatEstimate, formatWhole } from "@/lib/kernel/format";
import type { Sample } from "@/lib/releases/model/sample";
import { sampleSummary } from "@/lib/releases/model/sample-map";
import { Doors, type Door } from "@/lib/releases/ui/home/doors";
import { SampleMap } from "@/lib/releases/ui/home/sample-map";
import { usePageRefresh } from "@/lib/releases/ui/home/use-page-refresh";

/** Blocks come every two seconds and a release every hour: often while one waits, seldom else. */
const waitingMs = 5_000;
const restingMs = 120_000;

type HomeHeroProps = { sample: Sample | null; /** What the map waits for, while it shows nothing. */ waitingFor: string | null; doors: readonly Door[] };

function SampleWords({ sample }: { sample: Sample }) {
  const { shown, all, busiest } = sampleSummary(sample);
  return (
    <p className="mt-3 text-xs text-muted tabular-nums">
      On the map: {formatWhole(shown)} of {formatWhole(all)} cells had enough vehicles to be shown
      {busiest !== null && <>; the busiest saw {formatEstimate(busiest, "vehicles")} in {formatDuration(sample.end - sample.start)}</>}.
    </p>
  );
}

/** The whole product in one screen: the map, one sentence, three doors. */
export function HomeHero({ sample, waitingFor, doors }: HomeHeroProps) {
  usePageRefresh(sample === null ? waitingMs : restingMs);
  return (
    <section aria-labelledby="product" className="relative lg:h-[calc(100dvh-3.5rem)] lg:min-h-[36rem]">
      <div className="lg:absolute lg:inset-0"><SampleMap sample={sample} /></div>
      <div className="relative border-y bg-surface lg:absolute lg:top-1/2 lg:left-8 lg:w-[26rem] lg:-translate-y-1/2 lg:rounded-control lg:border lg:shadow-float">
        <div className="p-5 lg:p-6">
          <h1 id="product" className="text-xl font-semibold tracking-tight text-balance">A city&apos;s traffic, without anybody&apos;s drive</h1>
          <p className="mt-2 text-sm text-muted text-pretty">
            Vehicles encrypt where and how fast they drove; only the blurred sum of many can ever be read, each number with its margin of error.
          </p>
          {sample !== null && <SampleWords sample={sample} />}
          {sample === null && waitingFor !== null && <Notice title="The map is waiting for its first release." className="mt-4 p-3 text-xs">{waitingFor} It appears here by itself.</Notice>}
        </div>
        <Doors doors={doors} />
      </div>
    </section>
  );
}
