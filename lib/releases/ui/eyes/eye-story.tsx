"use client";

import { useEffect, useRef, useState } from "react";
import { Skeleton } from "@/components/skeleton";
import { eyeNames, eyes, eyeWords, type Eye } from "@/lib/releases/model/eyes";
import { EyeMap } from "@/lib/releases/ui/eyes/eye-map";
import { EyePanel } from "@/lib/releases/ui/eyes/eye-panel";
import { useDriveFacts } from "@/lib/releases/ui/eyes/use-drive-facts";

/** The part of the window in which a step counts as being read. */
const readingLine = "-45% 0px -45% 0px";
/** How far below the window the story is when it begins to load. */
const loadAhead = "600px 0px";

/** Whether the element has come near the window; it stays true. */
function useIsNear(element: React.RefObject<HTMLElement | null>): boolean {
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    if (element.current === null) return;
    const observer = new IntersectionObserver(([entry]) => { if (entry?.isIntersecting === true) setNear(true); }, { rootMargin: loadAhead });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return isNear;
}

/** The step that is being read. */
function useStep(list: React.RefObject<HTMLOListElement | null>): Eye {
  const [eye, setEye] = useState<Eye>("device");
  useEffect(() => {
    const observer = new IntersectionObserver((entries) => {
      const reached = entries.find(({ isIntersecting }) => isIntersecting)?.target;
      const found = eyes.find((one) => reached instanceof HTMLElement && reached.dataset["eye"] === one);
      if (found !== undefined) setEye(found);
    }, { rootMargin: readingLine });
    for (const step of list.current?.children ?? []) observer.observe(step);
    return () => observer.disconnect();
  }, [list]);
  return eye;
}

/** One drive through the four eyes, told by scrolling: the map stays, the text moves on. */
export function EyeStory() {
  const section = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const isNear = useIsNear(section);
  const eye = useStep(list);
  const facts = useDriveFacts({ trimEnds: true, samplingRate: 1 / 8 }, 0, isNear);
  return (
    <div ref={section} className="lg:grid lg:grid-cols-[1fr_26rem] lg:gap-12">
      <div className="sticky top-0 z-10 -mx-5 h-[46dvh] border-y bg-page lg:top-6 lg:mx-0 lg:h-[calc(100dvh-3rem)] lg:max-h-[46rem] lg:overflow-hidden lg:rounded-control lg:border">
        {isNear ? <EyeMap eye={eye} facts={facts} /> : <Skeleton className="h-full w-full rounded-none" />}
        <p aria-hidden className="absolute top-3 left-3 rounded-control border bg-surface px-3 py-1.5 text-sm font-semibold shadow-float">{eyeNames[eye]}</p>
      </div>
      <ol ref={list}>
        {eyes.map((one, index) => (
          <li key={one} data-eye={one} className="flex min-h-[70dvh] flex-col justify-center py-10 lg:min-h-[88dvh]">
            <p className="text-xs text-muted">{index + 1} of {eyes.length} · {eyeNames[one]}</p>
            <h3 className="mt-1 text-xl font-semibold tracking-tight text-balance">{eyeWords[one].title}</h3>
            <p className="mt-2 mb-5 text-base text-muted text-pretty">{eyeWords[one].text}</p>
            <EyePanel eye={one} facts={facts} />
          </li>
        ))}
      </ol>
    </div>
  );
}
