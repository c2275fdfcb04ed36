import { isAppError } from "@/lib/kernel/errors";
import type { DevnetStatus } from "@/lib/releases/schema";

/** What stands between the page and live data; `live` when nothing does. */
export type Connection = "live" | "loading" | "unknown-region" | "network-down" | "site-down" | "engine-starting" | "failed";

const networkCodes = new Set(["config.invalid", "chain.unreachable", "chain.wrong-network", "engine.unavailable", "chain.timeout"]);

type Answers = {
  /** Whether anything could be read at all, however old. */
  hasData: boolean;
  /** The newest failure of reading the region or its epochs; undefined when the last reading went well. */
  error: unknown;
  /** The local network's own word; null when it gives none, or on public networks. */
  status: DevnetStatus | null;
};

/** Names the one thing that a visitor should be told about. */
export function connectionOf({ hasData, error, status }: Answers): Connection {
  if (isAppError(error, "region.unknown")) return "unknown-region";
  if (isAppError(error, "site.unreachable")) return "site-down";
  if (isAppError(error) && networkCodes.has(error.code)) return "network-down";
  if (error !== undefined) return "failed";
  if (!hasData) return "loading";
  return status !== null && !status.ready ? "engine-starting" : "live";
}
