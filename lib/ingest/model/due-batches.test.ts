import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dueBatches, GroupAges, type BatchRules, type WaitingItem } from "@/lib/ingest/model/due-batches";

const rules: BatchRules = { itemsMin: 3, ageSeconds: 30, lastCallSeconds: 120 };
const now = 1_000_000;
const item = (id: string, group = "a", changes: Partial<WaitingItem> = {}): WaitingItem => ({ id, group, words: 8, deadline: now + 10_000, ...changes });
const due = (items: readonly WaitingItem[], agesSeconds: ReadonlyMap<string, number> = new Map()): string[][] =>
  dueBatches(items, { rules, now, agesSeconds }).map((batch) => batch.map(({ id }) => id));

describe("a group of waiting contributions", () => {
  test("waits while it is small, young and far from its deadline", () => {
    expect(due([item("1"), item("2"), item("3", "b")])).toEqual([]);
  });
  test("is sent when it is large enough", () => {
    expect(due([item("1"), item("2", "b"), item("3"), item("4")])).toEqual([["1", "3", "4"]]);
  });
  test("is sent when it is old enough, however small", () => {
    expect(due([item("1"), item("2", "b")], new Map([["a", 29.9], ["b", 30]]))).toEqual([["2"]]);
  });
  test("is sent as a whole when one of its contributions is near its deadline", () => {
    expect(due([item("1"), item("2", "a", { deadline: now + 120 })])).toEqual([["1", "2"]]);
    expect(due([item("1"), item("2", "a", { deadline: now + 121 })])).toEqual([]);
  });
  test("that closes first is sent first", () => {
    const ages = new Map([["a", 60], ["b", 60]]);
    expect(due([item("1"), item("2", "b", { deadline: now + 500 })], ages)).toEqual([["2", "1"]]);
  });
  test("stays together in batches that fit a transaction, and nothing is lost or doubled", () => {
    const waiting = fc.array(fc.record({ group: fc.constantFrom("a", "b", "c"), words: fc.integer({ min: 1, max: 8 }) }), { maxLength: 200 });
    fc.assert(
      fc.property(waiting, (drawn) => {
        const items = drawn.map((one, index) => item(String(index), one.group, { words: one.words }));
        const batches = dueBatches(items, { rules: { ...rules, itemsMin: 1 }, now, agesSeconds: new Map() });
        expect(batches.flat().map(({ id }) => id).toSorted()).toEqual(items.map(({ id }) => id).toSorted());
        for (const batch of batches) expect(batch.reduce((sum, { words }) => sum + words, 0)).toBeLessThanOrEqual(96);
        const order = batches.flat().map(({ group }) => group).filter((group, index, all) => group !== all[index - 1]);
        expect(new Set(order).size).toBe(order.length);
      }),
      { seed: 8 },
    );
  });
});

test("ages count from when a group was first seen, and anew once it was sent or had gone", () => {
  const ages = new GroupAges();
  expect([...ages.update(new Set(["a"]), 0)]).toEqual([["a", 0]]);
  expect([...ages.update(new Set(["a", "b"]), 5_000)]).toEqual([["a", 5], ["b", 0]]);
  ages.restart(["a"]);
  expect([...ages.update(new Set(["a"]), 9_000)]).toEqual([["a", 0]]);
  expect([...ages.update(new Set(["a", "b"]), 10_000)]).toEqual([["a", 1], ["b", 0]]);
  expect([ages.oldestSeconds(12_000), new GroupAges().oldestSeconds(0)]).toEqual([3, 0]);
});
