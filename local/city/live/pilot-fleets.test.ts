import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Region } from "@/lib/geo/model/region";
import { AppError } from "@/lib/kernel/errors";
import type { PlannedContribution } from "@/lib/ingest/model/planned-contribution";
import type { EngineLoad } from "@/local/city/live/engine-load";
import { type Deliver, PilotFleets } from "@/local/city/live/pilot-fleets";
import { loopPilot } from "@/local/city/loop-pilot";
import { readStreets } from "@/local/city/streets";

vi.setConfig({ testTimeout: 120_000 });

const start = 1_767_623_400;
const region: Region = { ...loopPilot(start), id: 1, chainId: 31_337 };
const streets = await readStreets();
const idle: EngineLoad = { operations: 0, secondsLeft: 0 };
const busy: EngineLoad = { operations: 50, secondsLeft: 3_000 };

let folder: string;
let load: EngineLoad;
/** Vehicles and planes of everything that was sent. */
let sent: { epoch: number; vehicles: number; planes: number }[];
let breaksAfter: number;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "fleets-"));
  [load, sent, breaksAfter] = [idle, [], Infinity];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const describe = (item: PlannedContribution) => (item.kind === "fleet" ? { epoch: item.epoch, vehicles: item.vehicles, planes: item.planes.length } : { epoch: -1, vehicles: 0, planes: 0 });

/** Keeps the journal as every way of sending does, and breaks off when it is told to. */
const deliver: Deliver = async (items, journal) => {
  for (const item of items) {
    if (journal.find(item.id)?.state === "accepted") continue;
    if (sent.length >= breaksAfter) throw new AppError("site.unreachable", "killed");
    await journal.append({ type: "prepared", id: item.id, item: { regionId: 1, epoch: item.epoch, cover: 0, tile: "0", levels: [], handles: [], vehicles: 1, oneTimeAddress: "0x", signature: "0x", inputProof: "0x", maxLevel: 0 } });
    sent.push(describe(item));
    await journal.append({ type: "accepted", id: item.id, transaction: null });
  }
};

const open = (): PilotFleets =>
  new PilotFleets({ region, chain: { chainId: 31_337, histogram: "0x1" }, streets: async () => streets, engineLoad: async () => load, deliver, folder: path.join(folder, "fleets") });

test("in every epoch three fleets contribute, together some 220 vehicles, seven planes each; once, also after a restart", async () => {
  const fleets = open();
  expect(await fleets.tick(start + 5)).toEqual({ epoch: 0, sent: 3, reason: null });
  expect(sent.map(({ epoch }) => epoch)).toEqual([0, 0, 0]);
  expect(sent.every(({ planes, vehicles }) => planes === 7 && vehicles > 60 && vehicles <= 74)).toBe(true);
  await fleets.tick(start + 600);
  await open().tick(start + 900);
  expect(sent).toHaveLength(3);
  expect(await open().tick(start + 1_800)).toEqual({ epoch: 1, sent: 3, reason: null });
  expect(sent).toHaveLength(6);
});

test("fleets that were broken off are finished, and none is sent twice", async () => {
  breaksAfter = 1;
  await expect(open().tick(start + 5)).rejects.toThrow("killed");
  breaksAfter = Infinity;
  load = busy; // what has begun is finished all the same
  expect(await open().tick(start + 60)).toMatchObject({ sent: 3 });
  expect(sent).toHaveLength(3);
});

test("all three wait while the engine is behind, and skip the epoch when it stays so", async () => {
  load = busy;
  const fleets = open();
  expect(await fleets.tick(start + 5)).toEqual({ epoch: 0, sent: 0, reason: "the engine is behind" });
  load = idle;
  expect(await fleets.tick(start + 1_790)).toEqual({ epoch: 0, sent: 0, reason: "the epoch is nearly over" });
  expect(sent).toEqual([]);
  expect(await fleets.tick(start + 1_805)).toMatchObject({ epoch: 1, sent: 3 });
});

test("nothing is sent before the region begins", async () => {
  expect(await open().tick(start - 1)).toEqual({ epoch: null, sent: 0, reason: null });
});
