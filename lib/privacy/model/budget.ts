import type { EpochRange, Region } from "@/lib/geo/model/region";
import type { NoiseLaw } from "@/lib/privacy/model/noise-law";

/**
 * One vehicle's privacy budget, over all regions: a plain value to be stored by the caller before what it accounts for is sent.
 */
export type BudgetBook = {
  /** Day (YYYY-MM-DD) to what was spent on it, in eighths of epsilon. */
  readonly spent: Readonly<Record<string, number>>;
  /** Region (`regionKey`) to the epochs contributed to, ascending: one contribution per vehicle, region and epoch. */
  readonly contributed: Readonly<Record<string, readonly number[]>>;
};

/** Limits that an owner sets; a region's own limit of visits a day holds as well. */
export type BudgetLimits = {
  /** Largest epsilon of a day, over all regions. */
  readonly epsilonPerDay?: number;
  /** Most days of a calendar month on which anything is spent. */
  readonly daysPerMonth?: number;
};

export const emptyBudget: BudgetBook = { spent: {}, contributed: {} };

/** The month's budget unless the owner sets another (docs/privacy.md, section 3). */
export const DAYS_PER_MONTH = 20;

/** Every profile's e is a whole number of these, so that books add up without rounding. */
const UNITS_PER_EPSILON = 8;

/** A region's name in a book: versions of a region are regions of their own, other chains other regions. */
export function regionKey({ slug, chainId }: Pick<Region, "slug" | "chainId">): string {
  return `${chainId ?? 0}/${slug}`;
}

/** What one sampled visit costs, in eighths of epsilon. */
export function visitCost({ epsilonPerVisit }: Pick<NoiseLaw, "epsilonPerVisit">): number {
  return Math.round(epsilonPerVisit * UNITS_PER_EPSILON);
}

/** Epsilon spent on a day so far. */
export function epsilonSpent(book: BudgetBook, day: string): number {
  return (book.spent[day] ?? 0) / UNITS_PER_EPSILON;
}

/** Whether the vehicle has contributed to this region and epoch. */
export function hasContributed(book: BudgetBook, region: Pick<Region, "slug" | "chainId">, epoch: number): boolean {
  return book.contributed[regionKey(region)]?.includes(epoch) ?? false;
}

/** Days, and the epochs of one region, that a contribution takes. */
export type Expense = { readonly days: readonly string[]; readonly cost: number };

/** Takes expenses one after another as long as every day they touch has budget left. */
export class Ledger {
  private readonly spent: Map<string, number>;
  private readonly daysPerMonth: number;

  /** `unitsPerDay` is the region's limit in eighths of epsilon; the owner's limit lowers it. */
  constructor(book: BudgetBook, private readonly unitsPerDay: number, limits: BudgetLimits = {}) {
    this.spent = new Map(Object.entries(book.spent).filter(([, units]) => units > 0));
    this.daysPerMonth = limits.daysPerMonth ?? DAYS_PER_MONTH;
    if (limits.epsilonPerDay !== undefined) this.unitsPerDay = Math.min(unitsPerDay, Math.floor(limits.epsilonPerDay * UNITS_PER_EPSILON));
  }

  /** Spends when all days allow it, else changes nothing. */
  trySpend({ days, cost }: Expense): boolean {
    if (!days.every((day) => this.canSpend(day, cost)) || !this.hasMonth(days)) return false;
    for (const day of days) this.spent.set(day, (this.spent.get(day) ?? 0) + cost);
    return true;
  }

  private canSpend(day: string, cost: number): boolean {
    return (this.spent.get(day) ?? 0) + cost <= this.unitsPerDay;
  }

  private hasMonth(days: readonly string[]): boolean {
    const opened = days.filter((day) => !this.spent.has(day));
    return opened.every((day) => {
      const month = day.slice(0, 7);
      const inMonth = (other: string): boolean => other.startsWith(month);
      return [...this.spent.keys()].filter(inMonth).length + opened.filter(inMonth).length <= this.daysPerMonth;
    });
  }
}

/** The book after contributions to the given epochs of a region with these expenses. */
export function chargeBudget(book: BudgetBook, region: Pick<Region, "slug" | "chainId">, made: { epochs: readonly number[]; expenses: readonly Expense[] }): BudgetBook {
  const spent = { ...book.spent };
  for (const { days, cost } of made.expenses) {
    for (const day of days) spent[day] = (spent[day] ?? 0) + cost;
  }
  const key = regionKey(region);
  const epochs = new Set([...(book.contributed[key] ?? []), ...made.epochs]);
  return { spent, contributed: { ...book.contributed, [key]: [...epochs].toSorted((left, right) => left - right) } };
}

/** The book without days before `firstDay` (YYYY-MM-DD) and, of one region, without epochs that no longer take contributions. */
export function pruneBudget(book: BudgetBook, firstDay: string, closed: { region: Pick<Region, "slug" | "chainId">; open: EpochRange }): BudgetBook {
  const spent = Object.fromEntries(Object.entries(book.spent).filter(([day]) => day >= firstDay));
  const key = regionKey(closed.region);
  const epochs = (book.contributed[key] ?? []).filter((epoch) => epoch >= closed.open.first);
  return { spent, contributed: { ...book.contributed, [key]: epochs } };
}
