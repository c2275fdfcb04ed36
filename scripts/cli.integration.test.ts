import { existsSync, readFileSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { getRegionBySlug, getTileStatus } from "@/lib/chain/gateway/histogram";
import { connectChain, readChainClock, type Chain } from "@/lib/chain/gateway/provider";
import type { TileStatus } from "@/lib/chain/model/release-state";
import { DevnetFixture } from "@/local/devnet/testing/devnet-fixture";
import { runScript, type CommandRun } from "@/scripts/test/run-script";

const tile = "872664ca9ffffff";
const hour = 3_600;
/** The demo profile's noise: four digits and a sign, on every class count. */
const noise = { least: -16, most: 15, threshold: 20 };

let fixture: DevnetFixture;
let chain: Chain;
let now: number;
let env: Record<string, string>;
let folder: string;

beforeAll(async () => {
  fixture = await DevnetFixture.start("clear", { blockSeconds: 1 });
  folder = fixture.options.folder;
  chain = connectChain(fixture.devnet.deployment);
  now = (await readChainClock(chain)).time;
  env = { LOCAL_DIR: folder, FHE_ENGINE_BINARY: fixture.options.engineBinary, CACHE_DIR: fixture.options.cacheFolder, NETWORK: "local", POSTGRES_PORT: "1" };
  await mkdir(path.join(folder, "files"));
  // Epoch 0 ended an hour ago. As a study it still takes contributions, and the local curator may publish it.
  await makeRegion("study", { start: now - 2 * hour, studyUntil: now + 24 * hour, ticketsMin: 2 });
  // Epoch 1 is open, epoch 0 is closed.
  await makeRegion("live", { start: now - hour - 600, studyUntil: null, ticketsMin: 1 });
});
afterAll(() => fixture.remove());

/** These tests have no site: what is sent goes to the chain from here. */
const wayOf = (name: string): string[] => (name === "upload-data" ? ["--direct"] : []);
const run = (name: string, ...args: string[]): Promise<CommandRun> => runScript(name, [...args, ...wayOf(name)], { env });
const lineOf = (result: CommandRun, type: string): Record<string, unknown> | undefined => result.lines.find((line) => line.type === type);
const inFolder = (name: string): string => path.join(folder, "files", name);

async function write(name: string, text: string): Promise<string> {
  await writeFile(inFolder(name), text);
  return inFolder(name);
}

async function makeRegion(slug: string, changes: Record<string, unknown>): Promise<void> {
  const parameters = {
    slug, name: `Region ${slug}`, epochSeconds: hour, graceSeconds: 300, tileResolution: 7, covers: [[tile]], samplingRate: 1, visitsMax: 300,
    profile: "demo", speedEdges: [10, 20, 30, 45], price: { token: "0.50", eur: "0.50" }, ...changes,
  };
  const created = await run("region", "create", await write(`${slug}.json`, JSON.stringify(parameters)));
  if (created.code !== 0) throw new Error(created.text);
}

/** A drive through the middle of the tile from west to east, 6 m/s, one fix in 5 s. */
function fixesOf(startSeconds: number, offset = 0): { time: string; latitude: number; longitude: number }[] {
  return Array.from({ length: 90 }, (_, index) => ({
    time: new Date((startSeconds + 5 * index) * 1_000).toISOString(),
    latitude: 41.8705 + offset,
    longitude: -87.676 + index * 0.00035,
  }));
}

function gpxOf(startSeconds: number, offset = 0): string {
  const points = fixesOf(startSeconds, offset).map(({ time, latitude, longitude }) => `<trkpt lat="${latitude}" lon="${longitude}"><time>${time}</time></trkpt>`);
  return `<?xml version="1.0"?><gpx version="1.1" creator="test" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>${points.join("")}</trkseg></trk></gpx>`;
}

function csvOf(vehicles: number, startSeconds: number): string {
  const rows = Array.from({ length: vehicles }, (_, vehicle) => fixesOf(startSeconds + vehicle * 20).map(({ time, latitude, longitude }) => `bus-${vehicle},${time},${latitude},${longitude}`));
  return ["trip_id,time,lat,lon", ...rows.flat()].join("\n");
}

async function statusOf(slug: string, epoch: number): Promise<TileStatus> {
  const { id } = await getRegionBySlug(chain, slug);
  return getTileStatus(chain, { regionId: id, tile, epoch });
}

const keptSchema = z.object({ cells: z.array(z.object({ cell: z.number(), classes: z.array(z.number()) })) });

/** What a dry run says is kept, by cell and class. */
function keptOf(result: CommandRun): Map<number, number[]> {
  const { cells } = keptSchema.parse(lineOf(result, "kept"));
  return new Map(cells.map(({ cell, classes }) => [cell, classes]));
}

describe("from a drive to a heatmap", () => {
  const fleetFile = (): Promise<string> => write("fleet.csv", csvOf(60, now - 2 * hour + 60));
  const carFile = (): Promise<string> => write("car.gpx", gpxOf(now - 2 * hour + 300));

  test("a dry run shows what would be counted and sends nothing", async () => {
    const result = await run("upload-data", await fleetFile(), "--region", "study", "--fleet", "--no-trim", "--dry-run");
    expect(result.code).toBe(0);
    expect(lineOf(result, "report")).toMatchObject({ vehicles: 60, points: 60 * 90 });
    const kept = keptOf(result);
    expect(kept.size).toBeGreaterThan(5);
    for (const classes of kept.values()) expect(classes.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(60);
    expect(await statusOf("study", 0)).toMatchObject({ tickets: 0, weight: 0 });
    expect(existsSync(path.join(folder, "uploads", "journal.jsonl"))).toBe(false);
  });

  test("a fleet and a car are counted, each once, however often they are uploaded", async () => {
    const fleet = await run("upload-data", await fleetFile(), "--region", "study", "--fleet", "--no-trim");
    expect([fleet.code, lineOf(fleet, "summary")]).toEqual([0, expect.objectContaining({ contributions: 1, accepted: 1, vehicles: 60 })]);
    const car = await run("upload-data", await carFile(), "--region", "study", "--no-trim");
    expect([car.code, lineOf(car, "summary")]).toEqual([0, expect.objectContaining({ contributions: 1, accepted: 1, vehicles: 1 })]);
    const status = await statusOf("study", 0);
    expect(status).toMatchObject({ tickets: 2, vehicles: 61 });
    for (const again of [await run("upload-data", await carFile(), "--region", "study", "--no-trim"), await run("upload-data", await fleetFile(), "--region", "study", "--fleet", "--no-trim")]) {
      expect([again.code, lineOf(again, "summary")]).toEqual([0, expect.objectContaining({ contributions: 0 })]);
    }
    expect(await statusOf("study", 0)).toEqual(status);
  });

  test("the published heatmap is the sum of what was sent, within the law of the noise", async () => {
    const fleet = keptOf(await run("upload-data", await fleetFile(), "--region", "study", "--fleet", "--no-trim", "--dry-run"));
    const car = keptOf(await run("upload-data", await carFile(), "--region", "study", "--no-trim", "--dry-run"));
    const out = inFolder("heat.geojson");
    const result = await run("generate-heatmap", "--region", "study", "--out", out);
    expect([result.code, result.text]).toEqual([0, expect.stringContaining("cells shown")]);
    const { features } = z.object({ features: z.array(z.object({ properties: z.record(z.string(), z.unknown()) })) }).parse(JSON.parse(await readFile(out, "utf8")));
    expect(features).toHaveLength(49);
    const errors: number[] = [];
    for (const [cell, { properties }] of features.entries()) {
      const truth = Array.from({ length: 5 }, (_, index) => (fleet.get(cell)?.[index] ?? 0) + (car.get(cell)?.[index] ?? 0));
      if (properties["shown"] === false) expect(Math.max(...truth) + noise.least).toBeLessThan(noise.threshold);
      else errors.push(...truth.map((count, index) => Number(properties[`class_${index}`]) - 0.5 - count));
    }
    expect(errors.length).toBeGreaterThan(10);
    expect(Math.min(...errors)).toBeGreaterThanOrEqual(noise.least);
    expect(Math.max(...errors)).toBeLessThanOrEqual(noise.most);
    expect(new Set(errors).size).toBeGreaterThan(3); // there is noise
  });

  test("buying and writing again costs nothing and gives the same numbers", async () => {
    const out = inFolder("again.csv");
    const result = await run("generate-heatmap", "--region", "study", "--epoch", new Date((now - 2 * hour + 5) * 1_000).toISOString(), "--out", out);
    expect([result.code, result.text]).toEqual([0, expect.stringContaining("bought before")]);
    const first = z.object({ features: z.array(z.object({ properties: z.record(z.string(), z.unknown()) })) }).parse(JSON.parse(await readFile(inFolder("heat.geojson"), "utf8")));
    const rows = (await readFile(out, "utf8")).trim().split("\r\n").slice(1);
    expect(rows).toEqual(first.features.map(({ properties }) => Object.values(properties).map((value) => value ?? "").join(",")));
  });
});

describe("a live region", () => {
  test("an upload that is killed in the middle and started again counts each vehicle once", async () => {
    const files = await Promise.all([1, 2, 3].map((number) => write(`drive-${number}.gpx`, gpxOf(now - 300, number / 10_000))));
    const journal = path.join(folder, "uploads", "journal.jsonl");
    const earlier = readFileSync(journal, "utf8").split("\n").length;
    const args = [...files, "--region", "live", "--no-trim", "--direct"];
    const killed = await runScript("upload-data", args, { env, killWhen: () => readFileSync(journal, "utf8").split("\n").length > earlier + 1 });
    expect(killed.code).toBeNull();
    expect((await statusOf("live", 1)).tickets).toBe(0);
    const resumed = await runScript("upload-data", args, { env });
    expect([resumed.code, lineOf(resumed, "summary")]).toEqual([0, expect.objectContaining({ contributions: 3, accepted: 3 })]);
    expect(resumed.text).toContain("3 contributions of an earlier run");
    expect(await statusOf("live", 1)).toMatchObject({ tickets: 3, vehicles: 3 });
    expect(readFileSync(path.join(folder, "uploads", "device.json"), "utf8")).toContain('"plans":[]');
  });

  test("an old recording is refused, unless it is moved into the open epoch, which is said", async () => {
    const file = await write("old.gpx", gpxOf(now - 400 * 24 * hour));
    const refused = await run("upload-data", file, "--region", "live", "--no-trim");
    expect([refused.code, lineOf(refused, "error")]).toEqual([1, expect.objectContaining({ code: expect.stringMatching(/^epoch\.closed|region\.outside$/) })]);
    const before = await statusOf("live", 1);
    const shifted = await run("upload-data", file, "--region", "live", "--no-trim", "--shift-to", "now");
    expect([shifted.code, shifted.text]).toEqual([0, expect.stringContaining("moved in time")]);
    expect((await statusOf("live", 1)).tickets - before.tickets).toBe(1);
  });

  test("what is not due can't be published, and the reason says when it will be", async () => {
    const result = await run("generate-heatmap", "--region", "live", "--out", inFolder("live.csv"));
    expect([result.code, lineOf(result, "error")]).toEqual([1, expect.objectContaining({ code: "epoch.not-due" })]);
    expect(existsSync(inFolder("live.csv"))).toBe(false);
  });
});

describe("bad input is refused by its cause, and nothing is sent", () => {
  test.each<[string, string, string, string]>([
    ["a file that is no track", "notes.txt", "Dear diary", "file.unreadable"],
    ["an empty file", "empty.gpx", "", "file.empty"],
    ["points without times", "no-times.gpx", '<gpx version="1.1"><trk><trkseg><trkpt lat="41.87" lon="-87.66"/></trkseg></trk></gpx>', "file.no-times"],
    ["times without a zone", "no-zone.csv", "trip_id,time,lat,lon\n1,2026-01-01 10:00:00,41.87,-87.66", "file.time-zone-missing"],
    ["a drive elsewhere", "away.csv", "trip_id,time,lat,lon\n1,2026-01-01T10:00:00Z,48.85,2.35\n1,2026-01-01T10:00:05Z,48.8501,2.3501", "region.outside"],
    ["swapped coordinates", "swapped.csv", "trip_id,time,lat,lon\n1,2026-01-01T10:00:00Z,-87.66,41.87\n1,2026-01-01T10:00:05Z,-87.6601,41.8701", "file.coordinates-swapped"],
  ])("%s", async (_, name, text, code) => {
    const before = await statusOf("live", 1);
    const result = await run("upload-data", await write(name, text), "--region", "live");
    expect([result.code, lineOf(result, "error")?.["code"]]).toEqual([1, code]);
    expect(result.text).toMatch(/^Error: /m);
    expect(await statusOf("live", 1)).toEqual(before);
  });

  test("a broken file stops the good ones beside it", async () => {
    const before = await statusOf("live", 1);
    const result = await run("upload-data", await write("good.gpx", gpxOf(now - 200)), await write("bad.gpx", "<gpx><trk>"), "--region", "live", "--no-trim");
    expect([result.code, lineOf(result, "error")?.["code"]]).toEqual([1, "file.unreadable"]);
    expect(await statusOf("live", 1)).toEqual(before);
  });

  test("a region that does not exist, a file that does not exist, a wrong call", async () => {
    const file = await write("good.gpx", gpxOf(now - 200));
    const [region, missing, usage] = await Promise.all([
      run("upload-data", file, "--region", "nowhere"), run("upload-data", "/nowhere.gpx", "--region", "live"), run("upload-data", file),
    ]);
    expect([region?.code, lineOf(region ?? usage, "error")?.["code"]]).toEqual([1, "region.unknown"]);
    expect([missing.code, lineOf(missing, "error")?.["code"]]).toEqual([1, "file.unreadable"]);
    expect([usage.code, lineOf(usage, "error")?.["code"]]).toEqual([2, "usage.invalid"]);
  });

  test("a second region of the same slug, and a demo region's exact privacy", async () => {
    const again = await run("region", "create", inFolder("live.json"));
    expect([again.code, lineOf(again, "error")?.["code"]]).toEqual([1, "region.exists"]);
    const shown = await run("region", "show", "live");
    expect(lineOf(shown, "region")).toMatchObject({ region: { slug: "live", profile: "demo" }, noise: { digits: [97, 69, 31, 5], threshold: 20, epsilon: 150 }, listing: { active: true, pricePerRelease: "500000" } });
  });
});
