import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connectChain } from "@/lib/chain/gateway/provider";
import { RunJournal } from "@/lib/ingest/gateway/run-journal";
import type { PlannedContribution } from "@/lib/ingest/model/planned-contribution";
import { contributeByApi, type ApiWay } from "@/lib/ingest/mutations/contribute-by-api";
import type { ContributeOutcome } from "@/lib/ingest/mutations/make-ready";
import type { ContributionStatus, PreparedItem } from "@/lib/ingest/schema";
import { AppError } from "@/lib/kernel/errors";
import { bigintToHex } from "@/lib/kernel/hex";
import { systemRandom } from "@/lib/kernel/random";

const address = `0x${"11".repeat(20)}`;
/** Nothing answers here: what is asked of it is a failure of the test. */
const chain = connectChain({ chainId: 31_337, rpcUrl: "http://127.0.0.1:9", deployBlock: 0, addresses: { acl: address, histogram: address, marketplace: address, token: address } }, { attempts: 1 });
const planned = (id: string): PlannedContribution => ({ kind: "vehicle", id, regionId: 1, epoch: 2, cover: 0, words: [1n] });

let folder: string;
let journal: RunJournal;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "by-api-"));
  journal = await RunJournal.open(folder);
});
afterEach(async () => {
  await journal.close();
  await rm(folder, { recursive: true });
});

type Site = { posted: PreparedItem[]; states: ContributionStatus["state"][]; reason?: string };

async function run(site: Site, changes: Partial<ApiWay> = {}): Promise<ContributeOutcome[]> {
  const outcomes: ContributeOutcome[] = [];
  await contributeByApi([planned("a")], {
    chain, journal, random: systemRandom,
    fhe: { encryptWords: async ({ words }) => ({ handles: words.map((word) => bigintToHex(word, 32)), inputProof: "0x00" }) },
    device: {
      post: async (item) => {
        site.posted.push(item);
        return "id-1";
      },
      ask: async (id) => ({ id, state: site.states.shift() ?? "queued", reason: site.reason ?? null, regionId: 1, epoch: 2, cover: 0, transaction: "0xabc" }),
    },
    onEvent: (event) => void (event.type === "outcome" && outcomes.push(event.outcome)),
    ...changes,
  });
  return outcomes;
}

describe("a contribution through the site", () => {
  test("is waited for until the chain has counted it", async () => {
    expect(await run({ posted: [], states: ["queued", "accepted"] })).toEqual([{ state: "accepted", transaction: "0xabc", gasUsed: 0n }]);
    expect(journal.find("a")?.state).toBe("accepted");
  });

  test("that the chain refuses is reported by its reason", async () => {
    expect(await run({ posted: [], states: ["refused"], reason: "invalid-proof" })).toEqual([{ state: "refused", reason: "invalid-proof" }]);
    expect(await run({ posted: [], states: ["refused"], reason: "something new" })).toEqual([{ state: "refused", reason: "unknown" }]);
  });

  test("that takes too long is neither counted nor refused, and is asked about by the next run without being posted again", async () => {
    const site: Site = { posted: [], states: ["queued"] };
    expect(await run(site, { patienceMs: 0 })).toMatchObject([{ state: "waiting" }]);
    const spent = { ...chain, provider: chain.provider };
    expect(journal.find("a")).toMatchObject({ state: "prepared", contribution: "id-1" });
    await expect(run(site, { chain: spent })).rejects.toMatchObject({ code: "chain.unreachable" }); // the chain is asked first whether it was counted
    expect(site.posted).toHaveLength(1);
  });

  test("for an epoch that closed meanwhile is refused alone", async () => {
    const device = { post: () => Promise.reject(new AppError("epoch.closed", "closed")), ask: () => Promise.reject(new Error("not asked")) };
    expect(await run({ posted: [], states: [] }, { device })).toEqual([{ state: "refused", reason: "epoch-not-open" }]);
  });

  test("of a device without tickets ends the run, and stays ready to be sent", async () => {
    const device = { post: () => Promise.reject(new AppError("ticket.quota", "none left")), ask: () => Promise.reject(new Error("not asked")) };
    await expect(run({ posted: [], states: [] }, { device })).rejects.toMatchObject({ code: "ticket.quota" });
    expect(journal.find("a")?.state).toBe("prepared");
  });
});
