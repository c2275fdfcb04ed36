"use client";

import { Notice } from "@/components/notice";
import { usePageRefresh } from "@/lib/releases/ui/home/use-page-refresh";

const waitingMs = 3_000;

/** Why there is no region to be seen, and that the page goes on by itself. */
export function RegionsWaiting({ isReachable }: { isReachable: boolean }) {
  usePageRefresh(waitingMs);
  return isReachable
    ? <Notice title="There is no region yet." className="max-w-xl">Regions appear here as soon as a curator has made one on the chain. On a new installation the demo city comes by itself within minutes.</Notice>
    : <Notice tone="warning" title="The regions can't be read at the moment." className="max-w-xl">The network or the database is starting or away. Nothing is lost; the page goes on by itself.</Notice>;
}
