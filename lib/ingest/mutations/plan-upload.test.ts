import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Region } from "@/lib/geo/model/region";
import type { TrackPoint } from "@/lib/geo/model/track";
import { DeviceStore } from "@/lib/ingest/gateway/device-store";
import { valuesOf } from "@/lib/ingest/model/planned-contribution";
import { hashVehicle } from "@/lib/ingest/model/vehicle-hash";
import { planUpload, prepareUpload, type UploadInput } from "@/lib/ingest/mutations/plan-upload";
import { systemRandom } from "@/lib/kernel/random";

const region: Region = {
  id: 1, chainId: 31_337, slug: "try", start: 1_800_000_000, epochSeconds: 3_600, graceSeconds: 600, studyUntil: null, tileResolution: 7,
  samplingRate: 1, visitsMax: 300, ticketsMin: 1, profile: "demo", speedEdges: [10, 20, 30, 45], covers: [["872664ca9ffffff"]],
};
const scope = { chainId: 31_337, histogram: "0xaa", regionId: 1 };

/** A drive of ten minutes through the middle of the tile, some 5 m/s, one fix in 5 s. */
function drive(vehicle: string, startSeconds: number): TrackPoint[] {
  return Array.from({ length: 120 }, (_, index) => ({ vehicle, timeMs: (startSeconds + 5 * index) * 1_000, latitude: 41.8705, longitude: -87.676 + index * 0.0003 }));
}

function input(changes: Partial<UploadInput> = {}, ids: readonly string[] = ["car"], startSeconds = region.start): UploadInput {
  const vehicles = ids.map((id) => ({ id, points: drive(id, startSeconds), hash: hashVehicle(id, drive(id, startSeconds)) }));
  return { region, vehicles, isFleet: false, marked: [], trimEnds: false, open: { first: 0, last: 5 }, random: systemRandom, ...changes };
}

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

const openStore = async (): Promise<{ folder: string; store: DeviceStore }> => {
  const folder = await mkdtemp(path.join(tmpdir(), "device-"));
  folders.push(folder);
  return { folder, store: await DeviceStore.open(folder) };
};

describe("planning an upload", () => {
  test("a vehicle is planned once for a region and epoch, however often it is uploaded", async () => {
    const { folder, store } = await openStore();
    const first = await planUpload(store, input(), scope);
    expect(first.items).toHaveLength(1);
    await store.commit({ ...store.state, plans: [] }); // all sent
    const second = await planUpload(await DeviceStore.open(folder), input(), scope);
    expect(second.items).toEqual([]);
    expect(second.prepared?.sum.cellsRepeated).toBeGreaterThan(0);
  });

  test("what an interrupted run could not send is handed out again, the same words under the same ids", async () => {
    const { folder, store } = await openStore();
    const first = await planUpload(store, input(), scope);
    const second = await planUpload(await DeviceStore.open(folder), input(), scope);
    expect(second.items).toEqual(first.items);
    expect(second.unfinished).toBe(1);
  });

  test("another recording does not finish someone else's plan", async () => {
    const { store } = await openStore();
    await planUpload(store, input(), scope);
    const other = await planUpload(store, input({}, ["bus"]), scope);
    expect(other.unfinished).toBe(0);
    expect(other.items).toHaveLength(1);
  });

  test("an unfinished run is finished even when nothing of the file could begin any more", async () => {
    const { store } = await openStore();
    await planUpload(store, input(), scope);
    const later = await planUpload(store, input({ open: { first: 50, last: 60 } }), scope);
    expect(later.items).toHaveLength(1);
    expect(later.unfinished).toBe(1);
  });

  test("the same recording given twice in one run is one vehicle", async () => {
    const { store } = await openStore();
    const [car] = input().vehicles;
    if (car === undefined) throw new Error("no vehicle");
    expect((await planUpload(store, input({ vehicles: [car, car] }), scope)).items).toHaveLength(1);
  });

  test("a fleet's vehicles are not planned again, alone or as a fleet", async () => {
    const { store } = await openStore();
    const fleet = await planUpload(store, input({ isFleet: true }, ["a", "b", "c"]), scope);
    expect(fleet.items.map((item) => (item.kind === "fleet" ? item.vehicles : 0))).toEqual([3]);
    await store.commit({ ...store.state, plans: [] });
    expect((await planUpload(store, input({}, ["a"]), scope)).items).toEqual([]);
    const again = await planUpload(store, input({ isFleet: true }, ["a", "b", "d"]), scope);
    expect(again.items.map((item) => (item.kind === "fleet" ? item.vehicles : 0))).toEqual([1]);
  });

  test("a preview remembers nothing", async () => {
    const { store } = await openStore();
    expect(prepareUpload(input({ trimEnds: true }), store.state).items.length).toBeGreaterThanOrEqual(0);
    expect(store.state).toEqual({ zones: [], books: {}, plans: [] });
  });

  test("a vehicle elsewhere is left out with its reason; the others go on", () => {
    const [car] = input().vehicles;
    if (car === undefined) throw new Error("no vehicle");
    const away = { id: "away", hash: "x", points: car.points.map((point) => ({ ...point, latitude: 10 })) };
    const prepared = prepareUpload(input({ vehicles: [away, car] }), { zones: [], books: {} });
    expect(prepared.reports.map(({ refusal }) => refusal?.code)).toEqual(["region.outside", undefined]);
    expect(prepared.items).toHaveLength(1);
    expect(() => prepareUpload(input({ vehicles: [away] }), { zones: [], books: {} })).toThrow(expect.objectContaining({ code: "region.outside" }));
  });
});

describe("what a device remembers", () => {
  test("words, discs and budgets survive being written", async () => {
    const { folder, store } = await openStore();
    await planUpload(store, input({ trimEnds: true, marked: [{ latitude: 41.9, longitude: -87.6, metres: 300 }] }, ["a", "b"]), scope);
    expect((await DeviceStore.open(folder)).state).toEqual(store.state);
    expect(store.state.zones.length).toBeGreaterThan(0);
  });

  test("a place keeps its disc from one upload to the next", async () => {
    const { store } = await openStore();
    await planUpload(store, input({ trimEnds: true }), scope);
    const discs = store.state.zones;
    await planUpload(store, input({ trimEnds: true }, ["car"], region.start + 3_600), scope);
    expect(store.state.zones).toEqual(discs);
  });

  test("is readable by its owner only", async () => {
    const { folder, store } = await openStore();
    await planUpload(store, input(), scope);
    expect((await stat(path.join(folder, "device.json"))).mode & 0o777).toBe(0o600);
  });

  test("a damaged memory stops the upload instead of counting a vehicle twice", async () => {
    const { folder } = await openStore();
    await writeFile(path.join(folder, "device.json"), '{"zones":');
    await expect(DeviceStore.open(folder)).rejects.toMatchObject({ code: "config.invalid" });
  });

  test("the words of a finished plan are forgotten", async () => {
    const { folder, store } = await openStore();
    const { items } = await planUpload(store, input(), scope);
    const [word] = items.flatMap(valuesOf);
    expect(await readFile(path.join(folder, "device.json"), "utf8")).toContain(word?.toString(16));
    await store.commit({ ...store.state, plans: [] });
    expect(await readFile(path.join(folder, "device.json"), "utf8")).not.toContain(word?.toString(16));
  });
});
