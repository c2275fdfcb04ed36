import { describe, expect, test } from "vitest";
import { AppError } from "@/lib/kernel/errors";
import { connectionOf } from "@/lib/releases/model/connection";
import { describeDecryption, timeLeft } from "@/lib/releases/model/reading-steps";
import { nameOfSlug } from "@/lib/releases/model/region-name";
import { shortcutOf } from "@/lib/releases/model/shortcuts";

describe("what the page says about its connection", () => {
  const status = { chainId: 31_337, engine: "tfhe" as const, ready: true, block: 1, waitingFor: null };
  test.each([
    ["live", { hasData: true, error: undefined, status }],
    ["live", { hasData: true, error: undefined, status: null }],
    ["loading", { hasData: false, error: undefined, status: null }],
    ["engine-starting", { hasData: true, error: undefined, status: { ...status, ready: false } }],
    ["unknown-region", { hasData: false, error: new AppError("region.unknown", "no"), status }],
    ["network-down", { hasData: false, error: new AppError("config.invalid", "no"), status: null }],
    ["network-down", { hasData: true, error: new AppError("chain.unreachable", "no"), status }],
    ["site-down", { hasData: true, error: new AppError("site.unreachable", "no"), status }],
    ["failed", { hasData: true, error: new AppError("privacy.unknown-profile", "no"), status }],
    ["failed", { hasData: true, error: new TypeError("no"), status }],
  ] as const)("%s", (connection, answers) => {
    expect(connectionOf(answers)).toBe(connection);
  });
});

describe("keys", () => {
  test.each([
    ["m", "nothing", "metric"],
    ["M", "arrows", "metric"],
    ["m", "everything", null],
    ["ArrowLeft", "nothing", "older"],
    ["ArrowRight", "nothing", "newer"],
    ["ArrowRight", "arrows", null],
    ["x", "nothing", null],
  ] as const)("%s where %s is taken", (key, taken, shortcut) => {
    expect(shortcutOf({ key, isModified: false, taken })).toBe(shortcut);
  });

  test("combinations belong to the browser", () => {
    expect(shortcutOf({ key: "m", isModified: true, taken: "nothing" })).toBeNull();
  });
});

describe("the way to the numbers", () => {
  test.each([[null, 10, null], [0.05, 10, null], [0.5, 10, "about 10 s left"], [0.25, 60, "about 3 min left"], [1, 60, null]])("a share of %d after %d s", (share, elapsed, words) => {
    expect(timeLeft(share, elapsed)).toBe(words);
  });

  test("says what is waited for", () => {
    expect(describeDecryption({ stage: "waiting" }, 0.5, 10)).toContain("relayer");
    expect(describeDecryption({ stage: "keys" }, 0, 1)).toContain("public keys");
    expect(describeDecryption({ stage: "decryption" }, 0.5, 10)).toBe("Asking the key managers, about 10 s left");
  });
});

test("a region that the catalogue does not know is called by its slug", () => {
  expect(nameOfSlug("loop-pilot")).toBe("Loop pilot");
});
