import { describe, expect, test } from "vitest";
import type { Region } from "@/lib/geo/model/region";
import { profileByName } from "@/lib/privacy/model/noise-law";
import { describeFacts, factsOf } from "@/scripts/cli/region-facts";

const region: Region = {
  id: 1, chainId: 31_337, slug: "loop", start: 1_301_616_000, epochSeconds: 3_600, graceSeconds: 172_800, studyUntil: null, tileResolution: 7,
  samplingRate: 0.125, visitsMax: 8, ticketsMin: 20, profile: "standard", speedEdges: [10, 20, 30, 45], covers: [["872664ca9ffffff"]],
};
const listing = { token: "0x", pricePerRelease: 500_000n, priceFiatMinor: 50n, largestDiscountBps: 0, active: true };
const token = { symbol: "tUSD", decimals: 6 };

function show(changes: Partial<Region> = {}, active = true): Map<string, string> {
  const shown = { ...region, ...changes };
  return new Map(describeFacts(factsOf(shown, profileByName(shown.profile), { listing: { ...listing, active }, token })));
}

describe("what is told about a region", () => {
  test("epsilon, delta and expected errors are those of the standard profile in the design", () => {
    const facts = show();
    expect(facts.get("Privacy")).toMatch(/^epsilon 2, delta [23]\.\d\de-7 of a vehicle's day \(exact\)$/);
    expect(facts.get("Expected error")).toContain("±25.5 sampled visits, ±204 vehicles");
    expect(facts.get("Expected error")).toContain("5.66");
    expect(facts.get("Empty cells shown")).toContain("0.0056");
  });

  test("times and durations are readable", () => {
    expect(show().get("Begins")).toBe("2011-04-01T00:00:00Z");
    expect(show().get("Epoch")).toBe("1 h, open 2 days longer");
    expect(show({ epochSeconds: 2_592_000 }).get("Epoch")).toMatch(/^30 days/);
    expect(show({ studyUntil: 1_735_689_600 }).get("Study")).toContain("2025-01-01T00:00:00Z");
  });

  test("the price is shown, or that there is none", () => {
    expect(show().get("Price")).toBe("0.50 tUSD or 0.50 EUR");
    expect(show({}, false).get("Price")).toBe("not for sale");
  });
});
