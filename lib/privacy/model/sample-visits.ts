import { shuffle, uniform, type RandomSource } from "@/lib/kernel/random";
import type { Visit } from "@/lib/geo/model/cross-cells";
import { dayOf, type TimeZone } from "@/lib/geo/model/time-zone";
import { bufferRandom } from "@/lib/privacy/model/buffered-random";
import type { Expense, Ledger } from "@/lib/privacy/model/budget";

const DAY_MS = 86_400_000;

/** Keeps each visit independently with chance `rate` (0..1]: the region's public sampling rate. */
export function sampleVisits<Item>(visits: readonly Item[], rate: number, random: RandomSource): Item[] {
  const buffered = bufferRandom(random);
  return rate >= 1 ? [...visits] : visits.filter(() => uniform(buffered) < rate);
}

/**
 * Every day of the zone's calendar from a visit's first millisecond to its last (`lastMs` is the moment after it). A visit over midnight is charged to both days, since both
 * days' data shape its one bit; in epochs longer than a day also the days between.
 */
export function daysOfVisit({ firstMs, lastMs }: Pick<Visit, "firstMs" | "lastMs">, zone: TimeZone): string[] {
  const last = dayOf(Math.max(firstMs, lastMs - 1), zone);
  const days = [dayOf(firstMs, zone)];
  for (let timeMs = firstMs + DAY_MS; days.at(-1) !== last; timeMs += DAY_MS) {
    const day = timeMs < lastMs ? dayOf(timeMs, zone) : last;
    if (day !== days.at(-1)) days.push(day);
  }
  return days;
}

/**
 * Clips to the budget: visits are taken in a random order as long as every day they touch has budget left, so that each is equally
 * likely to be dropped. Given and returned in the order of the drive.
 */
export function clipVisits<Item>(visits: readonly Item[], expenseOf: (visit: Item) => Expense, bounds: { ledger: Ledger; random: RandomSource }): Item[] {
  const kept = new Set(shuffle(bounds.random, visits).filter((visit) => bounds.ledger.trySpend(expenseOf(visit))));
  return visits.filter((visit) => kept.has(visit));
}
