import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DeviceStore } from "@/lib/ingest/gateway/device-store";
import { RunJournal } from "@/lib/ingest/gateway/run-journal";
import { finishPlans } from "@/lib/ingest/mutations/finish-plans";
import type { JournalEntry, Plan, PreparedItem } from "@/lib/ingest/schema";

const item: PreparedItem = {
  regionId: 1, epoch: 0, cover: 0, tile: "0", levels: [], handles: [], vehicles: 1, oneTimeAddress: "0xaa", signature: "0x12", inputProof: "0x34", maxLevel: 0,
};
const planOf = (id: string): Plan => ({
  id, chainId: 31_337, histogram: "0x", regionId: 1, vehicles: ["hash"], items: [{ id: `${id}/0/a`, regionId: 1, epoch: 0, kind: "vehicle", cover: 0, words: [1n] }],
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "plans-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Whether a plan is kept whose one item has come to the given end. */
async function isKept(...ends: JournalEntry[]): Promise<boolean> {
  const store = await DeviceStore.open(folder);
  await store.commit({ zones: [], books: {}, plans: [planOf("p")] });
  const place = await mkdtemp(path.join(folder, "journal-"));
  const journal = await RunJournal.open(place);
  for (const entry of ends) await journal.append(entry);
  await finishPlans(store, journal);
  await journal.close();
  return (await DeviceStore.open(folder)).state.plans.length === 1;
}

const id = "p/0/a";
const prepared: JournalEntry = { type: "prepared", id, item };

describe("a plan", () => {
  test("is forgotten when everything of it is counted", async () => {
    expect(await isKept(prepared, { type: "accepted", id, transaction: null })).toBe(false);
  });

  test.each(["epoch-not-open", "already-sealed", "capacity-exceeded", "unknown-cover"] as const)("is forgotten when it is refused for good: %s", async (reason) => {
    expect(await isKept(prepared, { type: "refused", id, reason })).toBe(false);
  });

  test.each(["bad-ticket", "ticket-expired", "invalid-proof", "unknown"] as const)("is kept for another attempt when that may help: %s", async (reason) => {
    expect(await isKept(prepared, { type: "refused", id, reason })).toBe(true);
  });

  test("is kept while something of it is not sent, or its outcome is not known", async () => {
    expect(await isKept()).toBe(true);
    expect(await isKept(prepared)).toBe(true);
  });
});
