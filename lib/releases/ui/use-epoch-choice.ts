"use client";

import { useState } from "react";
import { epochOfLink, linkOfEpoch, preferredEpoch, type EpochView } from "@/lib/releases/model/epoch-view";

export type EpochChoice = {
  epoch: EpochView | null;
  choose: (epoch: number) => void;
  /** Moves by that many epochs; stops at the ends. */
  move: (by: number) => void;
};

/** Writes the choice into the address, without a visit of its own in the history. */
function showInAddress(epoch: EpochView): void {
  const url = new URL(window.location.href);
  url.searchParams.set("epoch", linkOfEpoch(epoch));
  window.history.replaceState(window.history.state, "", url);
}

/** The chosen epoch: the visitor's, else the link's, else the newest that can be read. */
export function useEpochChoice(epochs: readonly EpochView[] | null, link: string | null): EpochChoice {
  const [chosen, setChosen] = useState<number | null>(null);
  const all = epochs ?? [];
  const epoch = all.find((candidate) => candidate.epoch === chosen) ?? epochOfLink(all, link) ?? preferredEpoch(all);
  // The first choice stays, so that a new epoch does not take the page away from its reader.
  if (chosen === null && epoch !== null) setChosen(epoch.epoch);
  const choose = (number: number) => {
    const next = all.find((candidate) => candidate.epoch === number);
    if (next === undefined) return;
    setChosen(number);
    showInAddress(next);
  };
  return {
    epoch,
    choose,
    move: (by) => {
      const next = all[all.findIndex((candidate) => candidate.epoch === epoch?.epoch) + by];
      if (next !== undefined) choose(next.epoch);
    },
  };
}
