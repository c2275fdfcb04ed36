import { appendFile, mkdtemp, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { RunJournal } from "@/lib/ingest/gateway/run-journal";
import type { JournalEntry, PreparedItem } from "@/lib/ingest/schema";

const scope = { chainId: 31_337, histogram: `0x${"AB".repeat(20)}`, regionId: 2 };
const item: PreparedItem = {
  regionId: 2, epoch: 3, cover: 0, tile: "0", levels: [], handles: [`0x${"01".repeat(32)}`], vehicles: 1,
  oneTimeAddress: `0x${"cd".repeat(20)}`, signature: "0x12", inputProof: "0x34", maxLevel: 0,
};
const prepared = (id: string, vehicleKeys = ["car"]): JournalEntry => ({ type: "prepared", id, vehicleKeys, item });
const accepted = (id: string): JournalEntry => ({ type: "accepted", id, transaction: "0x1" });
const refused = (id: string): JournalEntry => ({ type: "refused", id, reason: "epoch-not-open" });
const folder = (): Promise<string> => mkdtemp(path.join(tmpdir(), "journal-"));

async function write(place: string, entries: JournalEntry[]): Promise<void> {
  const journal = await RunJournal.open(place, scope);
  for (const entry of entries) await journal.append(entry);
  await journal.close();
}

async function journalFile(place: string): Promise<string> {
  const name = (await readdir(place)).find((file) => file.endsWith(".jsonl"));
  if (name === undefined) throw new Error("no journal");
  return path.join(place, name);
}

describe("the run journal", () => {
  test("remembers over runs what was prepared, accepted and refused", async () => {
    const place = await folder();
    await write(place, [prepared("p/1/a"), prepared("p/2/a"), prepared("p/3/a"), accepted("p/1/a"), refused("p/2/a")]);
    const journal = await RunJournal.open(place, scope);
    expect(["p/1/a", "p/2/a", "p/3/a", "p/4/a"].map((id) => journal.find(id)?.state)).toEqual(["accepted", "refused", "prepared", undefined]);
    expect(journal.find("p/3/a")?.item).toEqual(item);
    await journal.close();
  });

  test("a vehicle that is or may be counted by another upload is taken; one that was refused is not", async () => {
    const place = await folder();
    await write(place, [prepared("p/1/a", ["sent"]), prepared("q/1/a", ["counted"]), accepted("q/1/a"), prepared("r/1/a", ["refused"]), refused("r/1/a")]);
    const journal = await RunJournal.open(place, scope);
    expect(["sent", "counted", "refused", "new"].map((key) => journal.isTaken(key, "other"))).toEqual([true, true, false, false]);
    expect(journal.isTaken("sent", "p")).toBe(false);
    await journal.close();
  });

  test("a refused item that is prepared again counts as sent again", async () => {
    const place = await folder();
    await write(place, [prepared("p/1/a"), refused("p/1/a"), prepared("p/1/a")]);
    const journal = await RunJournal.open(place, scope);
    expect(journal.find("p/1/a")?.state).toBe("prepared");
    expect(journal.isTaken("car", "other")).toBe(true);
    await journal.close();
  });

  test("a line that a crash tore apart is ignored, and what follows is kept", async () => {
    const place = await folder();
    await write(place, [prepared("p/1/a")]);
    await appendFile(await journalFile(place), '{"type":"prepared","id":"p/2/');
    await write(place, [accepted("p/1/a")]);
    const journal = await RunJournal.open(place, scope);
    expect(journal.find("p/1/a")?.state).toBe("accepted");
    expect(journal.find("p/2/a")).toBeUndefined();
    await journal.close();
  });

  test("two runs at once are refused; a lock left by a dead process is not in the way", async () => {
    const place = await folder();
    const journal = await RunJournal.open(place, scope);
    await expect(RunJournal.open(place, scope)).rejects.toMatchObject({ code: "usage.invalid", message: expect.stringContaining(String(process.pid)) });
    await journal.close();
    const file = await journalFile(place);
    await writeFile(file.replace(/jsonl$/, "lock"), "4194304999");
    await (await RunJournal.open(place, scope)).close();
  });

  test("regions do not share a journal", async () => {
    const place = await folder();
    await write(place, [prepared("p/1/a")]);
    const journal = await RunJournal.open(place, { ...scope, regionId: 3 });
    expect(journal.find("p/1/a")).toBeUndefined();
    await journal.close();
  });

  test("is readable by its owner only, and holds no key", async () => {
    const place = await folder();
    await write(place, [prepared("p/1/a")]);
    const file = await journalFile(place);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, "utf8")).not.toMatch(/privateKey|secret/i);
  });
});
