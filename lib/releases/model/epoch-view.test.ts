import { describe, expect, test } from "vitest";
import type { Region } from "@/lib/geo/model/region";
import { epochNumberOfLink, epochOfLink, linkOfEpoch, preferredEpoch, viewEpoch } from "@/lib/releases/model/epoch-view";
import { absenceOf, describeContributions, describeNext, describeWork } from "@/lib/releases/model/epoch-words";
import type { Epoch, Progress } from "@/lib/releases/schema";

const vault = "0x00000000000000000000000000000000000000aB";
const epoch = (change: Partial<Epoch> = {}): Epoch => ({
  epoch: 4, start: 1_795_557_600, end: 1_795_559_400, closesAt: 1_795_560_000, state: "published",
  tiles: [{ tile: "872664ca9ffffff", state: "published", tickets: 3, vehicles: 219, releaseId: "1", vault }],
  ...change,
});
const progress = (done: number, total: number, of = vault): Progress =>
  ({ queued: 0, running: 0, done, total, secondsLeft: 90, releases: [{ vault: of, done, total }] });

describe("an epoch beside the engine's progress", () => {
  test("is being published while its planes are still computed", () => {
    const view = viewEpoch(epoch(), progress(10, 40, vault.toLowerCase()));
    expect([view.state, view.work]).toEqual(["publishing", { done: 10, total: 40, secondsLeft: 90 }]);
  });

  test("is published once they are", () => {
    expect(viewEpoch(epoch(), progress(40, 40)).state).toBe("published");
    expect(viewEpoch(epoch(), null)).toMatchObject({ state: "published", work: null });
  });

  test("does not mind another release's progress", () => {
    expect(viewEpoch(epoch(), progress(1, 40, "0x00000000000000000000000000000000000000ff")).state).toBe("published");
  });

  test("sums its tiles", () => {
    const tile = { tile: "872664cadffffff", state: "void" as const, tickets: 1, vehicles: 5, releaseId: "2", vault: null };
    expect(viewEpoch(epoch({ tiles: [...epoch().tiles, tile] }), null)).toMatchObject({ tickets: 4, vehicles: 224, publishedTiles: 1 });
  });
});

describe("the epoch that is shown first", () => {
  const views = [0, 1, 2].map((number) => viewEpoch(epoch({ epoch: number, start: 1_000 + 100 * number, end: 1_100 + 100 * number, state: number === 1 ? "published" : "open", tiles: [] }), null));

  test("is the newest published one, else the newest", () => {
    expect(preferredEpoch(views)?.epoch).toBe(1);
    expect(preferredEpoch(views.slice(2))?.epoch).toBe(2);
    expect(preferredEpoch([])).toBeNull();
  });

  test("is the link's: the epoch that holds its moment", () => {
    const link = linkOfEpoch(views[2] ?? { start: 0 });
    expect(link).toBe("1970-01-01T00:20:00Z");
    expect(epochOfLink(views, link)?.epoch).toBe(2);
    expect(epochOfLink(views, "1970-01-01T00:19:59Z")?.epoch).toBe(1);
  });

  test.each([null, "", "yesterday", "2099-01-01T00:00:00Z"])("a link to %s leads nowhere in particular", (link) => {
    expect(epochOfLink(views, link)).toBeNull();
  });
});

test("a link's epoch has a number before it is loaded", () => {
  const region: Region = {
    id: 1, slug: "x", start: 1_000, epochSeconds: 100, graceSeconds: 0, studyUntil: null, tileResolution: 7, samplingRate: 1,
    visitsMax: 8, ticketsMin: 3, profile: "demo", speedEdges: [10, 20, 30, 45], covers: [["872664ca9ffffff"]],
  };
  expect(epochNumberOfLink(region, "1970-01-01T00:20:00Z")).toBe(2);
  expect([epochNumberOfLink(region, "1970-01-01T00:00:00Z"), epochNumberOfLink(region, "soon"), epochNumberOfLink(region, null)]).toEqual([null, null, null]);
});

describe("words", () => {
  const view = (state: Epoch["state"]) => viewEpoch(epoch({ state, tiles: [] }), null);

  test.each([[0, 0, "No contributions yet"], [1, 1, "1 contribution for 1 vehicle"], [3, 1219, "3 contributions for 1,219 vehicles"]])("%d tickets, %d vehicles", (tickets, vehicles, words) => {
    expect(describeContributions({ tickets, vehicles })).toBe(words);
  });

  test("work is counted, with the time left where it is known", () => {
    expect(describeWork({ done: 1204, total: 3020, secondsLeft: 170 })).toBe("1,204 of 3,020 operations, about 3 min left");
    expect(describeWork({ done: 1, total: 2, secondsLeft: null })).toBe("1 of 2 operations");
  });

  test("the time until an epoch closes is told while it is known and not over", () => {
    const next = (nowSeconds: number | null) => describeNext(view("open"), { nowSeconds, ticketsMin: 3 });
    expect(next(1_795_559_880)).toContain("for another 2 min");
    expect(next(null)).not.toContain("another");
    expect(next(1_795_570_000)).not.toContain("another");
  });

  test("a void epoch says why, and that nothing can ever be read", () => {
    expect(describeNext(view("void"), { nowSeconds: null, ticketsMin: 3 })).toBe("Fewer than 3 contributions came in, so nothing was published and nothing can ever be read.");
    expect(absenceOf(view("void"))).toContain("too few");
  });

  test("what comes next with a published epoch is up to the visitor", () => {
    expect(describeNext(view("published"), { nowSeconds: null, ticketsMin: 3 })).toBeNull();
    expect([absenceOf(view("published")), absenceOf(view("open")), absenceOf(null)]).toEqual(["Not bought yet.", "Not published yet.", "Choose an epoch."]);
  });
});
