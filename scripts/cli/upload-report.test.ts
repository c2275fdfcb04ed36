import { expect, test } from "vitest";
import { describeCut } from "@/scripts/cli/upload-report";

test("whoever loses most of a recording to the discs is told so, and what to do when nobody lives there", () => {
  expect(describeCut({ metres: 10_000, cutMetres: 9_200, discs: 146 })).toMatch(/^92 % of the way driven is cut, because it lies in one of 146 secret discs .*--no-trim/);
  expect(describeCut({ metres: 10_000, cutMetres: 5_001, discs: 1 })).toMatch(/one of 1 secret disc around/);
});

test("an ordinary drive gets no such word", () => {
  expect(describeCut({ metres: 10_000, cutMetres: 5_000, discs: 2 })).toBeNull();
  expect(describeCut({ metres: 0, cutMetres: 0, discs: 0 })).toBeNull();
});
