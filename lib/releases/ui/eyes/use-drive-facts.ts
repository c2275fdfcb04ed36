"use client";

import { useEffect, useState } from "react";
import type { DriveFacts, DriveOptions } from "@/lib/releases/ui/eyes/drive-facts";

/** The picture that one begins with shows a drive of which something was kept. */
const firstVisits = 3;

/** The sample drive under these options, drawn anew with every `turn`; null until it has been computed. The old one stays meanwhile. */
export function useDriveFacts({ trimEnds, samplingRate }: DriveOptions, turn: number, isWanted = true): DriveFacts | null {
  const [facts, setFacts] = useState<DriveFacts | null>(null);
  useEffect(() => {
    if (!isWanted) return;
    let isCurrent = true;
    // The grid and the drive weigh more than the page; they come after it.
    void import("@/lib/releases/ui/eyes/drive-facts").then(({ drawFacts }) => {
      if (isCurrent) setFacts(drawFacts({ trimEnds, samplingRate }, turn === 0 ? firstVisits : 0));
    });
    return () => { isCurrent = false; };
  }, [trimEnds, samplingRate, turn, isWanted]);
  return facts;
}
