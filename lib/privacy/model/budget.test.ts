import { describe, expect, it } from "vitest";
import { chargeBudget, DAYS_PER_MONTH, emptyBudget, epsilonSpent, hasContributed, Ledger, pruneBudget, regionKey, visitCost, type BudgetBook } from "@/lib/privacy/model/budget";
import { profileByName } from "@/lib/privacy/model/noise-law";

const loop = { slug: "loop", chainId: 31_337 };
const day = (number: number, month = 4): string => `2026-${String(month).padStart(2, "0")}-${String(number).padStart(2, "0")}`;
const standard = visitCost(profileByName("standard"));

function spendMany(ledger: Ledger, count: number, days: readonly string[]): number {
  return Array.from({ length: count }, () => ledger.trySpend({ days, cost: standard })).filter(Boolean).length;
}

describe("a vehicle's budget", () => {
  it("counts visits by what they cost in whole units, whatever the profile", () => {
    expect([visitCost(profileByName("careful")), standard, visitCost(profileByName("demo"))]).toEqual([1, 2, 4]);
  });

  it("allows L0 visits a day and no more", () => {
    const ledger = new Ledger(emptyBudget, 8 * standard);
    expect(spendMany(ledger, 20, [day(1)])).toBe(8);
    expect(spendMany(ledger, 20, [day(2)])).toBe(8);
    expect(spendMany(ledger, 1, [day(1)])).toBe(0);
  });

  it("goes on where the book left off, over all regions", () => {
    const book = chargeBudget(emptyBudget, loop, { epochs: [3], expenses: [{ days: [day(1)], cost: 4 }, { days: [day(1)], cost: 4 }] });
    expect(epsilonSpent(book, day(1))).toBe(1);
    expect(spendMany(new Ledger(book, 8 * standard), 20, [day(1)])).toBe(4);
  });

  it("charges a visit over midnight to both days or not at all", () => {
    const ledger = new Ledger(emptyBudget, 2 * standard);
    expect(spendMany(ledger, 1, [day(1)])).toBe(1);
    expect(spendMany(ledger, 3, [day(1), day(2)])).toBe(1);
    expect(spendMany(ledger, 3, [day(2)])).toBe(1);
  });

  it("is lowered by the owner's own limit, never raised", () => {
    expect(spendMany(new Ledger(emptyBudget, 8 * standard, { epsilonPerDay: 1 }), 20, [day(1)])).toBe(4);
    expect(spendMany(new Ledger(emptyBudget, 8 * standard, { epsilonPerDay: 100 }), 20, [day(1)])).toBe(8);
    expect(spendMany(new Ledger(emptyBudget, 8 * standard, { epsilonPerDay: 0 }), 20, [day(1)])).toBe(0);
  });

  it("is spent on at most 20 days of a month, days begun go on", () => {
    const ledger = new Ledger(emptyBudget, 8 * standard);
    const begun = Array.from({ length: 30 }, (_, index) => spendMany(ledger, 1, [day(index + 1)]));
    expect(begun.filter((count) => count === 1)).toHaveLength(DAYS_PER_MONTH);
    expect(spendMany(ledger, 1, [day(1)])).toBe(1);
    expect(spendMany(ledger, 1, [day(25)])).toBe(0);
    expect(spendMany(ledger, 1, [day(1, 5)])).toBe(1);
    expect(spendMany(new Ledger(emptyBudget, 100, { daysPerMonth: 1 }), 1, [day(1), day(2)])).toBe(0);
    expect(spendMany(new Ledger(emptyBudget, 100, { daysPerMonth: 1 }), 1, [day(30), day(1, 5)])).toBe(1);
  });

  it("remembers what was contributed to, each epoch once, by region and chain", () => {
    const once = chargeBudget(emptyBudget, loop, { epochs: [9, 3], expenses: [] });
    const twice = chargeBudget(once, loop, { epochs: [3, 5], expenses: [] });
    expect(twice.contributed[regionKey(loop)]).toEqual([3, 5, 9]);
    expect(hasContributed(twice, loop, 5)).toBe(true);
    expect(hasContributed(twice, loop, 4)).toBe(false);
    expect(hasContributed(twice, { slug: "loop" }, 5)).toBe(false);
    expect(once.contributed[regionKey(loop)]).toEqual([3, 9]);
  });

  it("is a plain value that can be stored, and shed what is over", () => {
    const book = chargeBudget(emptyBudget, loop, { epochs: [1, 2, 3], expenses: [{ days: [day(1), day(2)], cost: 2 }] });
    const stored: unknown = JSON.parse(JSON.stringify(book));
    expect(stored).toEqual(book);
    const expected: BudgetBook = { spent: { [day(2)]: 2 }, contributed: { [regionKey(loop)]: [2, 3] } };
    expect(pruneBudget(book, day(2), { region: loop, open: { first: 2, last: 9 } })).toEqual(expected);
  });
});
