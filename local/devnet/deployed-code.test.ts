import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkDeployedCode } from "@/local/devnet/deployed-code";

let folder = "";
const source = "histogram/TrafficHistogram.sol";

function writeArtifact(bytecode: string, names: readonly string[]): void {
  const target = path.join(folder, "src", source);
  mkdirSync(target, { recursive: true });
  writeFileSync(path.join(target, "TrafficHistogram.json"), JSON.stringify({ bytecode, abi: names.map((name) => ({ type: "function", name })) }));
}

function check(isNew = false): Promise<string[]> {
  return checkDeployedCode({ folder, artifactsFolder: folder, sources: [source], isNew });
}

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "deployed-code-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("unchanged contracts are nothing to speak of", async () => {
  writeArtifact("0x01", ["seal"]);
  expect(await check(true)).toEqual([]);
  expect(await check()).toEqual([]);
});

test("code that changed behind the same interface is named, and the deployed one goes on", async () => {
  writeArtifact("0x01", ["seal", "release"]);
  await check(true);
  writeArtifact("0x02", ["release", "seal"]);
  expect(await check()).toEqual(["TrafficHistogram"]);
});

test("an interface that changed stops the start and names both ways out", async () => {
  writeArtifact("0x01", ["seal"]);
  await check(true);
  writeArtifact("0x02", ["seal", "release"]);
  await expect(check()).rejects.toMatchObject({ code: "config.invalid", message: expect.stringMatching(/TrafficHistogram.*npm run reset.*git checkout/) });
});

test("a new chain takes the contracts as they are", async () => {
  writeArtifact("0x01", ["seal"]);
  await check(true);
  writeArtifact("0x02", ["release"]);
  expect(await check(true)).toEqual([]);
  expect(await check()).toEqual([]);
});

test("missing artifacts say how to make them", async () => {
  await expect(check()).rejects.toMatchObject({ message: expect.stringContaining("npm run compile") });
});
