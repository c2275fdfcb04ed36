"use client";

import { useState } from "react";
import { Shuffle } from "lucide-react";
import { Button } from "@/components/button";
import { LiveRegion } from "@/components/live-region";
import { SegmentedControl } from "@/components/segmented-control";
import { eyeNames, eyes, eyeWords, type Eye } from "@/lib/releases/model/eyes";
import { EyeMap } from "@/lib/releases/ui/eyes/eye-map";
import { EyePanel } from "@/lib/releases/ui/eyes/eye-panel";
import { useDriveFacts } from "@/lib/releases/ui/eyes/use-drive-facts";

const eyeSegments = eyes.map((eye) => ({ value: eye, label: eyeNames[eye].replace(/^(The|Your) /, "").replace(/^./, (first) => first.toUpperCase()) }));
const rates = [{ value: "8", label: "1 in 8" }, { value: "2", label: "1 in 2" }, { value: "1", label: "Every one" }] as const;

type Rate = (typeof rates)[number]["value"];

/** One drive, seen by each party in turn, with the device's two main protections to switch. */
export function EyeExplorer() {
  const [eye, setEye] = useState<Eye>("device");
  const [rate, setRate] = useState<Rate>("8");
  const [trimEnds, setTrimEnds] = useState(true);
  const [turn, setTurn] = useState(0);
  const facts = useDriveFacts({ trimEnds, samplingRate: 1 / Number(rate) }, turn);
  return (
    <div className="overflow-hidden rounded-control border bg-surface lg:grid lg:grid-cols-[1fr_24rem]">
      <div className="h-[22rem] border-b lg:h-[40rem] lg:border-r lg:border-b-0"><EyeMap eye={eye} facts={facts} /></div>
      <div className="flex flex-col p-5 lg:p-6">
        <SegmentedControl label="Who looks" segments={eyeSegments} value={eye} onChange={setEye} className="flex [&>label]:px-1.5" />
        <h3 className="mt-5 text-base font-semibold text-balance">{eyeWords[eye].title}</h3>
        <p className="mt-1.5 mb-4 text-sm text-muted text-pretty">{eyeWords[eye].text}</p>
        <div className="flex-1"><EyePanel eye={eye} facts={facts} /></div>
        <fieldset className="mt-5 space-y-3 border-t pt-4 text-sm">
          <legend className="sr-only">How the device protects the drive</legend>
          <label className="flex cursor-pointer items-center gap-2.5">
            <input type="checkbox" className="size-4 accent-accent-strong" checked={trimEnds} onChange={(event) => setTrimEnds(event.target.checked)} />
            Cut both ends of the drive
          </label>
          <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-2">
            <span>Visits kept</span>
            <SegmentedControl label="Visits kept" segments={rates} value={rate} onChange={setRate} size="small" />
          </div>
          <Button className="w-full" onClick={() => setTurn(turn + 1)}><Shuffle aria-hidden className="size-4" />Draw again</Button>
        </fieldset>
        <LiveRegion text={facts === null ? "" : `${eyeNames[eye]}: ${facts.followed.report.counted} of ${facts.followed.report.cells} visits are encrypted and sent.`} />
      </div>
    </div>
  );
}
