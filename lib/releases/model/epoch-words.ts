import { formatDuration } from "@/lib/kernel/format";
import type { EpochView } from "@/lib/releases/model/epoch-view";
import type { EpochState } from "@/lib/releases/model/epoch-state";

/** A state's name, short enough for a badge. */
export const stateNames: Record<EpochState, string> = {
  open: "Open",
  grace: "Last contributions",
  closed: "Waiting to be sealed",
  sealed: "Sealed",
  publishing: "Being published",
  published: "Published",
  void: "Void",
};

const plural = (count: number, one: string) => `${count.toLocaleString("en")} ${one}${count === 1 ? "" : "s"}`;

/** What has come in: "3 contributions for 219 vehicles". */
export function describeContributions({ tickets, vehicles }: Pick<EpochView, "tickets" | "vehicles">, isSimulated = false): string {
  if (tickets === 0) return "No contributions yet";
  return `${plural(tickets, "contribution")} for ${plural(vehicles, isSimulated ? "simulated vehicle" : "vehicle")}`;
}

/** How far the engine is: "1,204 of 3,020 operations, about 3 min left". */
export function describeWork({ done, total, secondsLeft }: NonNullable<EpochView["work"]>): string {
  const counted = `${done.toLocaleString("en")} of ${total.toLocaleString("en")} operations`;
  return secondsLeft === null ? counted : `${counted}, about ${formatDuration(secondsLeft)} left`;
}

/** What will happen next, and when, as far as that is known; null when it is up to the visitor. `nowSeconds` is null before the page knows the time. */
export function describeNext(view: EpochView, { nowSeconds, ticketsMin }: { nowSeconds: number | null; ticketsMin: number }): string | null {
  const left = nowSeconds === null || view.closesAt <= nowSeconds ? "" : ` for another ${formatDuration(view.closesAt - nowSeconds)}`;
  switch (view.state) {
    case "open":
      return `Vehicles are driving now. Contributions are taken${left}.`;
    case "grace":
      return `The epoch is over. Late contributions are taken${left}.`;
    case "closed":
      return "No more contributions are taken. Sealing comes next.";
    case "sealed":
      return "The contributions are fixed. Noise that nobody knows is added next, still encrypted.";
    case "publishing":
      return "Noise is being added and small counts are being removed, all on encrypted numbers.";
    case "published":
      return null;
    case "void":
      return `Fewer than ${ticketsMin} contributions came in, so nothing was published and nothing can ever be read.`;
  }
}

/** Why a cell has no numbers yet. */
export function absenceOf(view: Pick<EpochView, "state"> | null): string {
  if (view === null) return "Choose an epoch.";
  if (view.state === "published") return "Not bought yet.";
  if (view.state === "void") return "Void: too few contributions in this epoch.";
  return "Not published yet.";
}
