"use client";

import { useRouter } from "next/navigation";
import { useEffect, type ReactNode } from "react";
import { classNames } from "@/components/class-names";
import { LiveRegion } from "@/components/live-region";
import { cityOf, startOf, type ServiceBeat } from "@/lib/delivery/model/service-beats";
import { overallWords } from "@/lib/delivery/model/status-words";
import { lights, PartList } from "@/lib/delivery/ui/part-list";
import { useHealth, useProgress } from "@/lib/delivery/ui/use-health";
import { CityCard, EngineCard, IndexCard, QueueCard, ServicesCard, StalledNotice, type WorkState } from "@/lib/delivery/ui/work-cards";

const refreshMs = 6_000;

type StatusScreenProps = WorkState & { beats: readonly ServiceBeat[]; /** Whether this is the local network, whose engine tells how far it is. */ isLocal: boolean; /** The regions, in a row each. */ regions: ReactNode };

/** Asks the server for its part anew, as long as somebody is looking. */
function useRefresh(): void {
  const router = useRouter();
  useEffect(() => {
    const timer = setInterval(() => { if (document.visibilityState === "visible") router.refresh(); }, refreshMs);
    return () => clearInterval(timer);
  }, [router]);
}

function useOverall() {
  const { health, isSilent } = useHealth();
  if (isSilent) return { health, light: "down" as const, title: "This site does not answer", text: "What is shown is the last that was known. The page goes on by itself when it is back." };
  if (health === null) return { health, light: null, title: "Asking every part", text: "This takes a moment." };
  return { health, light: health.status, ...overallWords[health.status] };
}

/** The health of the whole, of each part, and the work under way. */
export function StatusScreen({ queue, stalled, index, beats, isLocal, regions }: StatusScreenProps) {
  useRefresh();
  const { health, light, title, text } = useOverall();
  const progress = useProgress(isLocal);
  const start = startOf(beats);
  const { icon: Icon, ink } = lights[light ?? "ok"];
  return (
    <>
      <div className="flex items-start gap-3">
        {light !== null && <Icon aria-hidden className={classNames("mt-1.5 size-5 shrink-0", ink)} />}
        <div>
          <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
          <p className="mt-1 text-sm text-muted">{text} This page refreshes by itself.</p>
        </div>
      </div>
      <LiveRegion text={light === null ? "" : title} />
      <StalledNotice stalled={stalled} />
      <div className="mt-6 grid gap-6 lg:grid-cols-[1fr_24rem]">
        <section aria-labelledby="parts" className="min-w-0">
          <h2 id="parts" className="mb-3 text-base font-semibold">Parts</h2>
          <PartList health={health} />
          <h2 className="mt-8 mb-3 text-base font-semibold">Regions</h2>
          {regions}
        </section>
        <section aria-labelledby="work" className="min-w-0 space-y-4">
          <h2 id="work" className="mb-3 text-base font-semibold">Work under way</h2>
          <EngineCard progress={progress} isLocal={isLocal} />
          <QueueCard queue={queue} />
          <IndexCard index={index} />
          {isLocal && <CityCard city={cityOf(beats)} />}
          {start !== null && <ServicesCard start={start} />}
        </section>
      </div>
    </>
  );
}
