"use client";

import { useEffect, useEffectEvent, useMemo, useSyncExternalStore } from "react";
import { delay } from "@/lib/kernel/time";
import { browserStore } from "@/lib/releases/gateway/browser-store";
import { keptOf, scopeOf } from "@/lib/releases/gateway/kept";
import { decodeRelease } from "@/lib/privacy/model/decode-release";
import type { OpenedTiles } from "@/lib/releases/model/epoch-map";
import type { EpochView } from "@/lib/releases/model/epoch-view";
import type { RegionAnswer } from "@/lib/releases/schema";
import { ReadingDesk, type DeskSnapshot, type ReadableEpoch, type ReadingState } from "@/lib/releases/ui/reading-desk";
import type { EpochChoice } from "@/lib/releases/ui/use-epoch-choice";

export type Reading = {
  state: ReadingState;
  /** The chosen epoch's numbers, as far as they are known here. */
  opened: OpenedTiles;
  /** Epochs that are the visitor's. */
  ownedEpochs: ReadonlySet<number>;
  buy: (others: readonly number[], total: bigint) => void;
  retry: () => void;
};

const nothing: DeskSnapshot = { states: new Map(), owned: new Set() };
const noTiles: OpenedTiles = {};

/** The published tiles of an epoch, or null while there is nothing to read. */
function readableOf(view: EpochView | null): ReadableEpoch | null {
  if (view?.state !== "published") return null;
  const tiles = view.tiles.flatMap(({ tile, releaseId, vault, state }) => (state === "published" && vault !== null ? [{ tile, releaseId, vault }] : []));
  return { epoch: view.epoch, tiles };
}

function createDesk(answer: RegionAnswer): ReadingDesk {
  const { network, listing, region } = answer;
  const store = browserStore();
  const kept = keptOf(store, scopeOf(network));
  return new ReadingDesk({
    kept,
    // Chain and encryption libraries weigh more than the rest of the page: only who buys or opens loads them.
    loadReader: async () => (await import("@/lib/releases/gateway/reading")).createReader({ network, listing, store, kept, origin: window.location.origin }),
    decode: (planes, tile) => decodeRelease({ planes, tile, region }),
    pause: delay,
  });
}

const desks = new Map<string, ReadingDesk>();

/** One desk for one region on one network, for as long as the page is open: work goes on whatever is shown meanwhile. */
function deskOf(answer: RegionAnswer): ReadingDesk {
  const identity = `${scopeOf(answer.network)}${answer.region.slug}`;
  const known = desks.get(identity);
  if (known !== undefined) return known;
  const made = createDesk(answer);
  desks.set(identity, made);
  return made;
}

function ownedEpochs(epochs: readonly EpochView[] | null, owned: ReadonlySet<string>): Set<number> {
  const isOwned = (view: EpochView) => view.tiles.filter(({ state }) => state === "published").every(({ releaseId }) => owned.has(releaseId));
  return new Set((epochs ?? []).filter((view) => view.state === "published" && isOwned(view)).map(({ epoch }) => epoch));
}

type ReadingOptions = { answer: RegionAnswer | null; choice: EpochChoice; epochs: readonly EpochView[] | null };

/** What the visitor has of the chosen epoch, and the ways to get it. */
export function useReading({ answer, choice, epochs }: ReadingOptions): Reading {
  const desk = answer === null ? null : deskOf(answer);
  const snapshot = useSyncExternalStore(desk?.subscribe ?? subscribeNothing, desk?.snapshot ?? snapshotNothing, snapshotNothing);
  const readable = readableOf(choice.epoch);
  const readableKey = readable === null ? null : `${readable.epoch}:${readable.tiles.length}`;
  const look = useEffectEvent(() => {
    if (readable !== null) void desk?.look(readable);
  });
  useEffect(() => {
    if (readableKey !== null) look();
  }, [desk, readableKey]);

  const owned = useMemo(() => ownedEpochs(epochs, snapshot.owned), [epochs, snapshot.owned]);
  const state: ReadingState = readable === null ? { kind: "closed" } : (snapshot.states.get(readable.epoch) ?? { kind: "checking" });
  const releasesOf = (numbers: readonly number[]) => (epochs ?? [])
    .filter(({ epoch }) => numbers.includes(epoch))
    .flatMap((view) => readableOf(view)?.tiles.map(({ releaseId }) => releaseId) ?? []);
  return {
    state,
    opened: state.kind === "opened" ? state.tiles : noTiles,
    ownedEpochs: owned,
    buy: (others, total) => { if (readable !== null) void desk?.buy(readable, releasesOf(others), total); },
    retry: () => { if (readable !== null) void desk?.retry(readable); },
  };
}

const subscribeNothing = () => () => undefined;
const snapshotNothing = () => nothing;
