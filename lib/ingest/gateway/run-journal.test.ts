import { appendFile, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RunJournal } from "@/lib/ingest/gateway/run-journal";
import type { JournalEntry, PreparedItem } from "@/lib/ingest/schema";

const item: PreparedItem = {
  regionId: 2, epoch: 3, cover: 0, tile: "0", levels: [], handles: [`0x${"01".repeat(32)}`], vehicles: 1,
  oneTimeAddress: `0x${"cd".repeat(20)}`, signature: "0x12", inputProof: "0x34", maxLevel: 0,
};
const prepared = (id: string): JournalEntry => ({ type: "prepared", id, item });
const accepted = (id: string): JournalEntry => ({ type: "accepted", id, transaction: "0x1" });
const refused = (id: string): JournalEntry => ({ type: "refused", id, reason: "epoch-not-open" });
let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), "journal-"));
});
afterAll(() => rm(root, { recursive: true }));
const folder = (): Promise<string> => mkdtemp(path.join(root, "run-"));

async function write(place: string, entries: JournalEntry[]): Promise<void> {
  const journal = await RunJournal.open(place);
  for (const entry of entries) await journal.append(entry);
  await journal.close();
}

describe("the run journal", () => {
  test("remembers over runs what was prepared, accepted and refused", async () => {
    const place = await folder();
    await write(place, [prepared("p/1/a"), prepared("p/2/a"), prepared("p/3/a"), accepted("p/1/a"), refused("p/2/a")]);
    const journal = await RunJournal.open(place);
    expect(["p/1/a", "p/2/a", "p/3/a", "p/4/a"].map((id) => journal.find(id)?.state)).toEqual(["accepted", "refused", "prepared", undefined]);
    expect(journal.find("p/3/a")?.item).toEqual(item);
    await journal.close();
  });

  test("a refused item that is prepared again counts as sent again", async () => {
    const place = await folder();
    await write(place, [prepared("p/1/a"), refused("p/1/a"), prepared("p/1/a")]);
    const journal = await RunJournal.open(place);
    expect(journal.find("p/1/a")?.state).toBe("prepared");
    await journal.close();
  });

  test("a line that a crash tore apart is ignored, and what follows is kept", async () => {
    const place = await folder();
    await write(place, [prepared("p/1/a")]);
    await appendFile(path.join(place, "journal.jsonl"), '{"type":"prepared","id":"p/2/');
    await write(place, [accepted("p/1/a")]);
    const journal = await RunJournal.open(place);
    expect(journal.find("p/1/a")?.state).toBe("accepted");
    expect(journal.find("p/2/")).toBeUndefined();
    await journal.close();
  });

  test("is readable by its owner only, and holds no key", async () => {
    const place = await folder();
    await write(place, [prepared("p/1/a")]);
    const file = path.join(place, "journal.jsonl");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, "utf8")).not.toMatch(/privateKey|secret/i);
  });
});
