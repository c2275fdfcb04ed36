"use client";

import { useMemo } from "react";
import useSWR from "swr";
import { localChainId } from "@/lib/chain/model/network";
import { readSite } from "@/lib/releases/gateway/site";
import { connectionOf, type Connection } from "@/lib/releases/model/connection";
import { viewEpoch, type EpochView } from "@/lib/releases/model/epoch-view";
import { devnetStatusSchema, epochsSchema, progressSchema, regionAnswerSchema, type DevnetStatus, type RegionAnswer } from "@/lib/releases/schema";

export type RegionData = {
  region: RegionAnswer | null;
  epochs: readonly EpochView[] | null;
  status: DevnetStatus | null;
  connection: Connection;
  error: unknown;
  retry: () => void;
};

/** Blocks come every two seconds; nothing changes faster. */
const liveMs = 4_000;
const computingMs = 2_000;
const restingMs = 60_000;
const live = { keepPreviousData: true, errorRetryInterval: liveMs, dedupingInterval: 1_000 };

/** The region, its epochs and the engine's progress, kept up to date. Old answers stay while new ones fail. */
export function useRegionData(slug: string, initial: RegionAnswer | null): RegionData {
  const path = `/api/v1/regions/${encodeURIComponent(slug)}`;
  const region = useSWR(path, () => readSite(path, regionAnswerSchema), { ...live, refreshInterval: restingMs, fallbackData: initial ?? undefined });
  const epochs = useSWR(`${path}/epochs`, (url) => readSite(url, epochsSchema), { ...live, refreshInterval: liveMs });
  const isLocal = region.data?.network.chainId === localChainId;
  const isBusy = epochs.data?.some(({ state, tiles }) => state === "publishing" || tiles.some((tile) => tile.vault !== null)) ?? false;
  const status = useSWR(isLocal ? "/api/devnet/status" : null, (url) => readSite(url, devnetStatusSchema), { ...live, refreshInterval: liveMs });
  const progress = useSWR(isLocal && isBusy ? "/api/devnet/progress" : null, (url) => readSite(url, progressSchema), { ...live, refreshInterval: computingMs });

  const views = useMemo(() => epochs.data?.map((epoch) => viewEpoch(epoch, progress.data ?? null)) ?? null, [epochs.data, progress.data]);
  const error: unknown = region.error ?? epochs.error;
  return {
    region: region.data ?? null,
    epochs: views,
    status: status.data ?? null,
    connection: connectionOf({ hasData: region.data !== undefined && epochs.data !== undefined, error, status: status.data ?? null }),
    error,
    retry: () => void Promise.all([region.mutate(), epochs.mutate(), status.mutate()]),
  };
}
