"use client";

import useSWR from "swr";
import { healthSchema, type Health } from "@/lib/delivery/schema";
import { progressSchema, type Progress } from "@/lib/releases/schema";

const healthMs = 5_000;
const progressMs = 3_000;
const timeoutMs = 15_000;

/** The answer's body whatever its status: a site that is down says so with 503 and its reasons. */
async function readBody(path: string): Promise<unknown> {
  const response = await fetch(path, { headers: { accept: "application/json" }, signal: AbortSignal.timeout(timeoutMs) });
  return response.json();
}

/** The parts' health, asked for again and again; `isSilent` when the site itself does not answer. */
export function useHealth(): { health: Health | null; isSilent: boolean } {
  const { data, error } = useSWR("/api/health", async (path) => healthSchema.parse(await readBody(path)), { refreshInterval: healthMs, keepPreviousData: true, errorRetryInterval: healthMs });
  return { health: data ?? null, isSilent: error !== undefined };
}

/** What the local engine is doing; null where it does not tell. */
export function useProgress(isAsked: boolean): Progress | null {
  const { data } = useSWR(isAsked ? "/api/devnet/progress" : null, async (path) => progressSchema.safeParse(await readBody(path)), { refreshInterval: progressMs, keepPreviousData: true });
  return data?.success === true ? data.data : null;
}
