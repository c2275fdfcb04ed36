import { appendFile, readFile } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { keccak256 } from "ethers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bytesToHex, hexToBytes } from "@/lib/kernel/hex";
import { makeFolder } from "@/local/devnet/testing/chain-fixture";
import { openJournal, parseJournal, withoutRefused, type JournalEntry } from "@/local/devnet/transaction-journal";

let file: string;
let remove: () => Promise<void>;
beforeEach(async () => {
  const made = await makeFolder();
  file = path.join(made.folder, "journal.jsonl");
  remove = made.remove;
});
afterEach(() => remove());

const hash = (raw: `0x${string}`): `0x${string}` => bytesToHex(hexToBytes(keccak256(raw)));
const raws = fc.uint8Array({ minLength: 1, maxLength: 3 }).map(bytesToHex);
const entries: fc.Arbitrary<JournalEntry[]> = fc.array(
  fc.oneof(
    raws.map((transaction) => ({ transaction })),
    raws.map((raw) => ({ refused: hash(raw) })),
    fc.record({ block: fc.integer({ min: 1 }), timestamp: fc.integer({ min: 1 }) }),
  ),
  { maxLength: 12 },
);

test("a journal that is cut off anywhere gives back exactly the entries that were complete", () => {
  fc.assert(
    fc.property(entries, fc.nat(), (written, at) => {
      const text = written.map((entry) => `${JSON.stringify(entry)}\n`).join("");
      const cut = text.slice(0, text.length === 0 ? 0 : at % (text.length + 1));
      expect(parseJournal(cut)).toEqual(written.slice(0, cut.split("\n").length - 1));
    }),
    { seed: 1, numRuns: 300 },
  );
});

test("a refusal takes back the last transaction of its hash before it, and nothing else", () => {
  fc.assert(
    fc.property(entries, (written) => {
      const open: { entry: JournalEntry; hash?: string }[] = [];
      for (const entry of written) {
        if ("refused" in entry) {
          const last = [...open].reverse().find((one) => one.hash === entry.refused);
          if (last !== undefined) open.splice(open.indexOf(last), 1);
        } else open.push("transaction" in entry ? { entry, hash: hash(entry.transaction) } : { entry });
      }
      expect(withoutRefused(written)).toEqual(open.map(({ entry }) => entry));
    }),
    { seed: 2, numRuns: 300 },
  );
});

test("what was appended is there after opening again, an incomplete line is cut off, and appending goes on behind it", async () => {
  const first = await openJournal(file);
  await first.append({ transaction: "0x01" });
  await first.append({ block: 1, timestamp: 2 });
  await first.close();
  await appendFile(file, '{"transaction":"0x0');
  const second = await openJournal(file);
  await second.append({ transaction: "0x03" });
  await second.close();
  expect(parseJournal(await readFile(file, "utf8"))).toEqual([{ transaction: "0x01" }, { block: 1, timestamp: 2 }, { transaction: "0x03" }]);
});

test("damage in the middle is an error, never a silent loss of what follows", () => {
  expect(() => parseJournal('{"transaction":"0x01"}\nrubbish\n{"block":1,"timestamp":2}\n')).toThrow(SyntaxError);
});

test("a rewritten journal holds the new entries alone and is appended to", async () => {
  const journal = await openJournal(file);
  await journal.append({ transaction: "0x01" });
  await journal.rewrite([{ transaction: "0x02" }]);
  await journal.append({ transaction: "0x03" });
  expect(await journal.read()).toEqual([{ transaction: "0x02" }, { transaction: "0x03" }]);
  await journal.close();
});
