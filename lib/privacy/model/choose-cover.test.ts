import { describe, expect, it } from "vitest";
import { chooseCovers } from "@/lib/privacy/model/choose-cover";

const visit = (epoch: number, cover: number, name = ""): { epoch: number; cover: number; name: string } => ({ epoch, cover, name });

describe("choosing covers", () => {
  it("takes the cover that holds most of an epoch's visits", () => {
    const chosen = chooseCovers([visit(5, 0), visit(5, 2, "a"), visit(5, 2, "b"), visit(5, 1)]);
    expect(chosen).toEqual([{ epoch: 5, cover: 2, visits: [visit(5, 2, "a"), visit(5, 2, "b")] }]);
  });

  it("takes one cover in each epoch, epochs ascending", () => {
    const chosen = chooseCovers([visit(9, 1), visit(3, 0), visit(9, 1), visit(3, 4), visit(3, 4), visit(7, 2)]);
    expect(chosen.map(({ epoch, cover, visits }) => [epoch, cover, visits.length])).toEqual([[3, 4, 2], [7, 2, 1], [9, 1, 2]]);
  });

  it("of equal covers takes the first in the region's list", () => {
    expect(chooseCovers([visit(1, 3), visit(1, 2)]).map(({ cover }) => cover)).toEqual([2]);
  });

  it("of no visits chooses nothing", () => {
    expect(chooseCovers([])).toEqual([]);
  });
});
