import { formatDay, formatTime } from "@/lib/kernel/format";
import type { EpochView } from "@/lib/releases/model/epoch-view";

const daySeconds = 86_400;
/** From this length on a day's epochs fit one row of the panel. */
const rowSecondsMin = 3_600;

/** A day's epochs by the place of the day at which they begin; a place holds two when clocks are set back. */
export type DayRow = { day: string; slots: readonly (readonly EpochView[])[] };

/** The epochs by the day on which they begin, in order. */
export function groupByDay(epochs: readonly EpochView[], timeZone: string): { day: string; epochs: EpochView[] }[] {
  const days = new Map<string, EpochView[]>();
  for (const epoch of epochs) {
    const day = formatDay(epoch.start, timeZone);
    days.set(day, [...(days.get(day) ?? []), epoch]);
  }
  return [...days].map(([day, members]) => ({ day, epochs: members }));
}

/** How many epochs a day has, when they are so long that a row can hold them and so even that rows can be compared; else null. */
export function placesOfDay({ start, end }: Pick<EpochView, "start" | "end">): number | null {
  const length = end - start;
  return length >= rowSecondsMin && length < daySeconds && daySeconds % length === 0 ? daySeconds / length : null;
}

function secondsOfDay(unixSeconds: number, timeZone: string): number {
  const [hours = 0, minutes = 0] = formatTime(unixSeconds, timeZone).split(":").map(Number);
  return 3_600 * hours + 60 * minutes;
}

/** Rows of days whose columns are the same time of the day. */
export function dayRows(epochs: readonly EpochView[], places: number, timeZone: string): DayRow[] {
  return groupByDay(epochs, timeZone).map(({ day, epochs: members }) => {
    const slots = Array.from({ length: places }, (): EpochView[] => []);
    for (const member of members) slots[Math.floor((secondsOfDay(member.start, timeZone) * places) / daySeconds)]?.push(member);
    return { day, slots };
  });
}
