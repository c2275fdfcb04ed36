import { describe, expect, it } from "vitest";
import { isAppError } from "@/lib/kernel/errors";
import { profileNames } from "@/lib/geo/model/region";
import { profileByName, randomWords, verifyProfile, type NoiseConstants } from "@/lib/privacy/model/noise-law";

/** The constants of the contract's library, 16 bits a digit, lowest first. */
const packed = {
  standard: 0x0016_049b_1e84_44d9_60a7_7015n,
  careful: 0x0016_049b_1e84_44d9_60a7_7015_7803n,
  demo: 0x0005_001f_0045_0061n,
} as const;

function unpack(digits: bigint): number[] {
  return digits === 0n ? [] : [Number(digits & 0xffffn), ...unpack(digits >> 16n)];
}

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    return isAppError(error) ? error.code : "not an AppError";
  }
  return undefined;
}

describe("noise profiles", () => {
  it.each(profileNames)("%s: digits from e are the contract's constants", (name) => {
    expect(profileByName(name).digits).toEqual(unpack(packed[name]));
  });

  it.each([
    ["standard", 1 / 4, 6, 16, 40, 94],
    ["careful", 1 / 8, 7, 16, 80, 110],
    ["demo", 1 / 2, 4, 8, 20, 33],
  ])("%s is the design's", (name, epsilonPerVisit, planes, precisionBits, threshold, words) => {
    const law = profileByName(name);
    expect(law).toMatchObject({ name, epsilonPerVisit, precisionBits, threshold });
    expect(law.digits).toHaveLength(planes);
    expect(randomWords(law)).toBe(words);
  });

  it.each(["", "Standard", "none", "toString"])("%j is unknown", (name) => {
    expect(codeOf(() => profileByName(name))).toBe("privacy.unknown-profile");
    expect(codeOf(() => verifyProfile(profileByName("standard"), name))).toBe("privacy.unknown-profile");
  });

  it("read from the chain is accepted when it is the known one", () => {
    for (const name of profileNames) expect(verifyProfile({ digits: unpack(packed[name]), precisionBits: profileByName(name).precisionBits, threshold: profileByName(name).threshold }, name)).toBe(profileByName(name));
  });

  it.each<[string, Partial<NoiseConstants>]>([
    ["another digit", { digits: [28_693, 24_743, 17_625, 7_812, 1_179, 23] }],
    ["a digit less", { digits: [28_693, 24_743, 17_625, 7_812, 1_179] }],
    ["a digit more", { digits: [28_693, 24_743, 17_625, 7_812, 1_179, 22, 1] }],
    ["no digits, which is no noise", { digits: [] }],
    ["another precision", { precisionBits: 15 }],
    ["a lower threshold", { threshold: 39 }],
  ])("with %s is refused before anything is contributed", (_, change) => {
    const { digits, precisionBits, threshold } = profileByName("standard");
    expect(codeOf(() => verifyProfile({ digits, precisionBits, threshold, ...change }, "standard"))).toBe("privacy.unknown-profile");
  });
});
