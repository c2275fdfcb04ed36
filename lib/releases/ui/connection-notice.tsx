"use client";

import Link from "next/link";
import { Button } from "@/components/button";
import { CopyButton } from "@/components/copy-button";
import { Notice } from "@/components/notice";
import { isAppError } from "@/lib/kernel/errors";
import type { Connection } from "@/lib/releases/model/connection";
import type { DevnetStatus } from "@/lib/releases/schema";

type ConnectionNoticeProps = {
  connection: Connection;
  hasData: boolean;
  error: unknown;
  status: DevnetStatus | null;
  onRetry: () => void;
  className?: string;
};

function Words({ connection, hasData, status }: Pick<ConnectionNoticeProps, "connection" | "hasData" | "status">) {
  const kept = hasData ? "What you see is the last known state; it goes on by itself." : "Nothing is lost; the page goes on by itself.";
  switch (connection) {
    case "network-down":
      return <><p>{kept}</p><p className="flex flex-wrap items-center gap-2">Start it with <CopyButton text="npm start" label="Copy the command npm start" /></p></>;
    case "engine-starting":
      return <p>{status?.waitingFor ?? "It is loading its keys."} Contributions and purchases are kept, and computing goes on where it stopped.</p>;
    case "unknown-region":
      return <p>It may have been made on a network that was reset.</p>;
    default:
      return <p>{kept}</p>;
  }
}

const titles: Record<Exclude<Connection, "live" | "loading">, string> = {
  "network-down": "The network does not answer.",
  "site-down": "The connection to this site is interrupted.",
  "engine-starting": "The engine is starting.",
  "unknown-region": "There is no such region.",
  failed: "The region could not be read.",
};

/** The one thing that keeps the page from being live, whether anything was lost, and the next step. */
export function ConnectionNotice({ connection, hasData, error, status, onRetry, className }: ConnectionNoticeProps) {
  if (connection === "live" || connection === "loading") return null;
  const isCalm = connection === "engine-starting" || hasData;
  return (
    <Notice
      tone={isCalm ? "warning" : "danger"}
      title={titles[connection]}
      code={isAppError(error) ? error.code : undefined}
      action={connection === "unknown-region"
        ? <Button size="small" asChild><Link href="/regions">See all regions</Link></Button>
        : connection === "engine-starting" ? undefined : <Button size="small" onClick={onRetry}>Try now</Button>}
      className={className}
    >
      <Words connection={connection} hasData={hasData} status={status} />
    </Notice>
  );
}
