import { describe, expect, test } from "vitest";
import type { ReleaseState } from "@/lib/chain/model/release-state";
import type { Region } from "@/lib/geo/model/region";
import { epochState } from "@/lib/releases/model/epoch-state";

const region: Region = {
  id: 1, slug: "loop-pilot", start: 1_000, epochSeconds: 100, graceSeconds: 30, studyUntil: null, tileResolution: 7,
  samplingRate: 1, visitsMax: 8, ticketsMin: 3, profile: "demo", speedEdges: [10, 20, 30, 45], covers: [["872664ca9ffffff"]],
};
const at = (nowSeconds: number, ...tiles: ReleaseState[]) => epochState(region, 0, { tiles, nowSeconds });

describe("by the clock, while nothing is sealed", () => {
  test.each([
    [1_000, "open"],
    [1_099, "open"],
    [1_100, "grace"],
    [1_129, "grace"],
    [1_130, "closed"],
  ] as const)("at %d the epoch is %s", (now, state) => {
    expect(at(now, "collecting")).toBe(state);
  });

  test("a study's epochs are open until its end", () => {
    const study: Region = { ...region, studyUntil: 5_000 };
    expect(epochState(study, 0, { tiles: ["collecting"], nowSeconds: 4_999 })).toBe("open");
    expect(epochState(study, 0, { tiles: ["collecting"], nowSeconds: 5_000 })).toBe("closed");
  });
});

describe("by its tiles, whatever the clock says", () => {
  test.each<[ReleaseState[], string]>([
    [["sealed"], "sealed"],
    [["noised"], "publishing"],
    [["published"], "published"],
    [["void"], "void"],
    [["collecting", "sealed"], "sealed"],
    [["void", "void"], "void"],
    [["void", "published"], "published"],
    [["published", "sealed"], "publishing"],
    [["published", "collecting"], "publishing"],
    [["void", "collecting"], "sealed"],
  ])("%o is %s", (tiles, state) => {
    expect(at(1_050, ...tiles)).toBe(state);
  });
});
