"use client";

import { useMemo, useState } from "react";
import useSWR from "swr";
import { localChainId } from "@/lib/chain/model/network";
import { readSite } from "@/lib/releases/gateway/site";
import { connectionOf, type Connection } from "@/lib/releases/model/connection";
import { epochNumberOfLink, viewEpoch, type EpochView } from "@/lib/releases/model/epoch-view";
import { devnetStatusSchema, epochsSchema, progressSchema, regionAnswerSchema, type DevnetStatus, type Epoch, type Progress, type RegionAnswer, type RegionStart } from "@/lib/releases/schema";

export type RegionData = {
  region: RegionAnswer | null;
  epochs: readonly EpochView[] | null;
  status: DevnetStatus | null;
  connection: Connection;
  error: unknown;
  retry: () => void;
  /** Loads earlier epochs than the first that is there; null when there are none. */
  loadEarlier: (() => void) | null;
};

/** Blocks come every two seconds; nothing changes faster. */
const liveMs = 4_000;
const computingMs = 2_000;
const restingMs = 60_000;
/** Epochs that are loaded at once when earlier ones are wanted. */
const pageEpochs = 96;
const noEpochs: readonly Epoch[] = [];
const live = { keepPreviousData: true, errorRetryInterval: liveMs, dedupingInterval: 1_000 };

/** What the local network says of itself; nothing on public networks. Its progress is asked for only while something may be computed. */
function useDevnet(isLocal: boolean, isBusy: boolean) {
  const status = useSWR(isLocal ? "/api/devnet/status" : null, (url) => readSite(url, devnetStatusSchema), { ...live, refreshInterval: liveMs });
  const progress = useSWR(isLocal && isBusy ? "/api/devnet/progress" : null, (url) => readSite(url, progressSchema), { ...live, refreshInterval: computingMs });
  return { status, progress };
}

type Earlier = { epochs: readonly Epoch[]; /** Whether the linked epoch is still on its way. */ isPending: boolean; load: (before: number) => void };

/** Pages of epochs before those that are kept up to date, the linked one's among them. What is so old hardly changes any more. */
function useEarlierEpochs(path: string, { linked, first }: { linked: number | null; first: number | undefined }): Earlier {
  const [asked, setAsked] = useState<readonly number[]>([]);
  const isLinkEarlier = linked !== null && first !== undefined && linked < first;
  const befores = isLinkEarlier ? [...new Set([linked + pageEpochs / 2, ...asked])] : asked;
  const key = befores.length === 0 ? null : `${path}/epochs?${befores.join(",")}`;
  const pages = useSWR(key, () => Promise.all(befores.map((before) => readSite(`${path}/epochs?before=${before}&limit=${pageEpochs}`, epochsSchema))), { ...live, refreshInterval: restingMs });
  return {
    epochs: pages.data?.flat() ?? noEpochs,
    isPending: isLinkEarlier && pages.data === undefined && pages.error === undefined,
    load: (before) => setAsked((known) => (known.includes(before) ? known : [...known, before])),
  };
}

/** Each epoch once, the newest word on it, oldest epoch first. */
function mergeEpochs(earlier: readonly Epoch[], newest: readonly Epoch[]): Epoch[] {
  return [...new Map([...earlier, ...newest].map((epoch) => [epoch.epoch, epoch])).values()].toSorted((one, other) => one.epoch - other.epoch);
}

/** An import-only region collects nothing: its hours come to be seen when they are imported. */
function viewAll(epochs: readonly Epoch[], progress: Progress | null, answer: RegionAnswer | undefined): EpochView[] {
  const views = epochs.map((epoch) => viewEpoch(epoch, progress, answer?.region.covers));
  return answer?.importOnly === true ? views.filter(({ state }) => state !== "open" && state !== "grace" && state !== "closed") : views;
}

/** The region, its epochs and the engine's progress, kept up to date. Old answers stay while new ones fail. */
export function useRegionData(slug: string, { initial, epochLink }: { initial: RegionStart | null; epochLink: string | null }): RegionData {
  const path = `/api/v1/regions/${encodeURIComponent(slug)}`;
  const region = useSWR(path, () => readSite(path, regionAnswerSchema), { ...live, refreshInterval: restingMs, fallbackData: initial?.region });
  const epochs = useSWR(`${path}/epochs`, (url) => readSite(url, epochsSchema), { ...live, refreshInterval: liveMs, fallbackData: initial?.epochs });
  const linked = region.data === undefined ? null : epochNumberOfLink(region.data.region, epochLink);
  const earlier = useEarlierEpochs(path, { linked, first: epochs.data?.[0]?.epoch });
  const isBusy = epochs.data?.some(({ state, tiles }) => state === "publishing" || tiles.some((tile) => tile.vault !== null)) ?? false;
  const { status, progress } = useDevnet(region.data?.network.chainId === localChainId, isBusy);
  const views = useMemo(
    () => (epochs.data === undefined || earlier.isPending ? null : viewAll(mergeEpochs(earlier.epochs, epochs.data), progress.data ?? null, region.data)),
    [earlier.epochs, earlier.isPending, epochs.data, progress.data, region.data],
  );
  const first = views?.[0]?.epoch ?? 0;
  const error: unknown = region.error ?? epochs.error;
  return {
    region: region.data ?? null,
    epochs: views,
    status: status.data ?? null,
    connection: connectionOf({ hasData: region.data !== undefined && epochs.data !== undefined, error, status: status.data ?? null }),
    error,
    retry: () => void Promise.all([region.mutate(), epochs.mutate(), status.mutate()]),
    loadEarlier: first === 0 ? null : () => earlier.load(first),
  };
}
