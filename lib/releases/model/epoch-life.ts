import type { EpochState } from "@/lib/releases/model/epoch-state";
import type { EpochView } from "@/lib/releases/model/epoch-view";

/** One station of an epoch's life: gone through, there now, still to come, or never to come. */
export type LifeStep = { name: string; place: "past" | "now" | "next" | "never" };

const stations = ["Open", "Last ones", "Sealed", "Computed", "Published"] as const;

/** The station at which each state stands. A closed epoch has left its grace and waits for the seal. */
const reached: Record<Exclude<EpochState, "void">, number> = { open: 0, grace: 1, closed: 1.5, sealed: 2, publishing: 3, published: 4 };

function placeOf(station: number, at: number): LifeStep["place"] {
  if (station < at || (station === at && at === stations.length - 1)) return "past";
  return station === at ? "now" : "next";
}

/** Where an epoch stands between its opening and its publication. Imported epochs were never open: simulated, encrypted, published. */
export function lifeOf({ state }: Pick<EpochView, "state">, isImported: boolean): LifeStep[] {
  if (isImported) {
    const place = state === "published" ? "past" : "now";
    return [{ name: "Simulated", place: "past" }, { name: "Encrypted", place: "past" }, { name: "Published", place }];
  }
  if (state === "void") {
    return [{ name: "Open", place: "past" }, { name: "Last ones", place: "past" }, { name: "Void: too few", place: "now" }, { name: "Published", place: "never" }];
  }
  return stations.map((name, station) => ({ name, place: placeOf(station, reached[state]) }));
}
