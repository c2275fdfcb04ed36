import { expect, test } from "vitest";
import { runStep } from "@/local/build/step";
import { generatedSteps, siteStep } from "@/local/build/steps";
import { findEngineBinary } from "@/local/devnet/testing/devnet-fixture";
import { runKillTest } from "@/scripts/kill-test/run";

test("contributions under way survive the death of every process: each is counted once or reported as refused, and the end leaves nothing behind", { timeout: 900_000 }, async () => {
  for (const step of [...generatedSteps, siteStep]) await runStep(step, { quiet: true });
  const words: string[] = [];
  const result = await runKillTest({ contributions: 300, rounds: 1, pauseMs: 1_500, engineBinary: await findEngineBinary(), say: (sentence) => words.push(sentence) });
  expect(result, words.join("\n")).toMatchObject({ taken: 300, lost: 0, doubled: 0, misreported: 0, refused: result.spoilt, left: [] });
  expect(result.kills.map(({ part }) => part)).toEqual(["site", "worker", "engine", "devnet", "anvil", "database"]);
});
