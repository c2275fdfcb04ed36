"use client";

import useSWR from "swr";
import { classNames } from "@/components/class-names";
import { isAppError } from "@/lib/kernel/errors";
import { readSite } from "@/lib/releases/gateway/site";
import { engineWords, networkName } from "@/lib/releases/model/engine-words";
import { devnetStatusSchema, type DevnetStatus } from "@/lib/releases/schema";

const everyMs = 15_000;

type Answer = { data: DevnetStatus | undefined; error: unknown };

/** What is said: the network, whose arithmetic it is, and what is waited for. */
function wordsOf({ data, error }: Answer): string[] {
  if (data !== undefined) return [networkName(data.chainId), engineWords[data.engine], ...(data.ready ? [] : [data.waitingFor ?? "The engine is starting"])];
  // A site on a public network has no local one to ask.
  if (isAppError(error, "request.not-found")) return [engineWords.network];
  return [error === undefined ? "Asking what is running" : "The network does not answer at the moment"];
}

/** Which network and which engine this site works with, and what it still waits for. */
export function RunningLine() {
  const { data, error }: Answer = useSWR("/api/devnet/status", (url) => readSite(url, devnetStatusSchema), { refreshInterval: everyMs });
  const words = wordsOf({ data, error });
  const tone = data === undefined || !data.ready ? "bg-line-strong" : data.engine === "clear" ? "bg-warning" : "bg-accent";
  return (
    <p className="flex flex-wrap items-center gap-x-4 gap-y-1">
      {words.map((word, index) => (
        <span key={word} className="flex items-center gap-1.5">
          {index === 0 && <span aria-hidden className={classNames("size-1.5 shrink-0 rounded-full", tone)} />}
          {word}
        </span>
      ))}
    </p>
  );
}
