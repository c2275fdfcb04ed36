"use client";

import { CircleHelp } from "lucide-react";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";

const steps = [
  { title: "On the device", text: "A drive becomes a list of grid cells and speed classes. Trip ends and marked places are cut off, a sample is kept within a daily budget, and it is encrypted before it leaves." },
  { title: "On the chain", text: "A contract adds the encrypted lists of many vehicles. It sees who contributed to which set of tiles in which epoch, and random-looking bytes." },
  { title: "Before anything is read", text: "When an epoch is over, noise that nobody knows is added once, and cells with too few vehicles are blanked, still encrypted." },
  { title: "In your browser", text: "A purchase opens the result to a key made in your browser. It is decrypted here; every number comes with the interval in which the truth lies." },
] as const;

export function HowItWorks() {
  return (
    <Dialog
      trigger={(
        <Button tone="quiet" size="small" className="text-sm max-sm:size-9 max-sm:px-0" aria-label="How it works">
          <CircleHelp aria-hidden className="size-[18px] sm:hidden" />
          <span className="max-sm:hidden">How it works</span>
        </Button>
      )}
      title="From a drive to a number on the map"
      description="What each of the four sees."
    >
      <ol className="mt-4 space-y-4">
        {steps.map(({ title, text }, index) => (
          <li key={title} className="flex gap-3 text-sm">
            <span aria-hidden className="flex size-6 shrink-0 items-center justify-center rounded-full bg-accent-soft text-xs font-semibold text-accent-strong">{index + 1}</span>
            <p className="text-pretty"><span className="font-semibold">{title}.</span> <span className="text-muted">{text}</span></p>
          </li>
        ))}
      </ol>
      <p className="mt-5 border-t pt-4 text-xs text-muted">Keys: M changes what the colours mean, left and right move between epochs, the table view reaches every cell.</p>
    </Dialog>
  );
}
