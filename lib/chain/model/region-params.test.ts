import { describe, expect, test } from "vitest";
import { ITrafficHistogram__factory } from "@/lib/chain/abi/factories/ITrafficHistogram__factory";
import { decodeRegionParams, encodeRegionParams, encodeSlug } from "@/lib/chain/model/region-params";
import type { Region } from "@/lib/geo/model/region";
import { defaultCover } from "@/lib/geo/model/tile";

const region: Region = {
  id: 7,
  chainId: 31_337,
  slug: "loop-pilot",
  start: 1_301_616_000,
  epochSeconds: 1_800,
  graceSeconds: 600,
  studyUntil: null,
  tileResolution: 7,
  samplingRate: 0.125,
  visitsMax: 8,
  ticketsMin: 3,
  profile: "demo",
  speedEdges: [10, 20, 30, 45],
  covers: [defaultCover("872664ca9ffffff")],
};

const abi = ITrafficHistogram__factory.createInterface();

function throughTheChain(given: Region): Region {
  const bytes = abi.encodeFunctionResult("region", [encodeRegionParams(given)]);
  const [params] = abi.decodeFunctionResult("region", bytes);
  return decodeRegionParams(params, { id: given.id, chainId: 31_337 });
}

describe("a region's parameters", () => {
  test.each<Partial<Region>>([{}, { slug: "a".repeat(32) }, { studyUntil: 2_000_000_000 }, { profile: "standard", samplingRate: 1 }, { profile: "careful" }])(
    "come back from the chain as they went (%j)",
    (change) => expect(throughTheChain({ ...region, ...change })).toEqual({ ...region, ...change }),
  );

  test("a sampling rate that binary fractions can't hold is rounded to parts per million", () => {
    expect(encodeRegionParams({ ...region, samplingRate: 0.1 }).samplingPpm).toBe(100_000);
  });

  test.each(["", "Loop", "-loop", "loop-", "a".repeat(33), "straße", "a b"])("the slug %j is refused", (slug) => {
    expect(() => encodeSlug(slug)).toThrow(expect.objectContaining({ code: "region.invalid" }));
  });

  test("a noise profile that this version does not know is refused", () => {
    const bytes = abi.encodeFunctionResult("region", [encodeRegionParams(region)]);
    const [params] = abi.decodeFunctionResult("region", bytes);
    const altered = { ...params.toObject(), profile: 3n };
    expect(() => decodeRegionParams(altered, { id: 7, chainId: 31_337 })).toThrow(expect.objectContaining({ code: "privacy.unknown-profile" }));
  });
});
