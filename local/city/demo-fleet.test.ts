import { expect, test, vi } from "vitest";
import type { Region } from "@/lib/geo/model/region";
import { isAppError } from "@/lib/kernel/errors";
import { chooseEpoch, drivingWindow, simulateEpoch, toCsv } from "@/local/city/demo-fleet";
import { loopPilot } from "@/local/city/loop-pilot";
import { readStreets } from "@/local/city/streets";

vi.setConfig({ testTimeout: 120_000 });

const start = 1_767_623_400;
const region: Region = { ...loopPilot(start), id: 1 };

test("the open epoch is the one that the chain's time lies in", () => {
  expect(chooseEpoch(region, start + 1799, "open")).toBe(0);
  expect(chooseEpoch(region, start + 1800, "open")).toBe(1);
});

test("an earlier epoch may be chosen while its grace lasts", () => {
  expect(chooseEpoch(region, start + 2399, start)).toBe(0);
});

test("an epoch that has closed or not begun is refused", () => {
  for (const wanted of [start, start + 7200, start - 1]) {
    const choose = () => chooseEpoch(region, start + 2400, wanted);
    expect(choose).toThrow(expect.toSatisfy((error) => isAppError(error, "epoch.closed")));
  }
});

test("vehicles drive during the whole epoch, in studies of a month for two hours", () => {
  expect(drivingWindow(region, 1)).toEqual({ fromMs: (start + 1800) * 1000, toMs: (start + 3600) * 1000 });
  const study: Region = { ...region, epochSeconds: 30 * 86_400 };
  expect(drivingWindow(study, 0)).toEqual({ fromMs: start * 1000, toMs: (start + 7200) * 1000 });
});

test("the file has one line for each position, and the times that were driven", async () => {
  const fleet = simulateEpoch(region, { streets: await readStreets(), epoch: 0, vehicles: 3, seed: 1 });
  const lines = [...toCsv(fleet)];
  expect(lines[0]).toBe("vehicle,time,latitude,longitude\n");
  expect(lines).toHaveLength(1 + fleet.reduce((sum, { points }) => sum + points.length, 0));
  expect(lines[1]).toMatch(/^simulated-1-0001,2026-01-05T14:\d\d:\d\d\.000Z,41\.\d+,-87\.\d+\n$/);
});
