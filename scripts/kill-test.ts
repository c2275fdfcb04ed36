import path from "node:path";
import { AppError } from "@/lib/kernel/errors";
import { env } from "@/lib/platform/env";
import { engineBinary, engineStep } from "@/local/build/engine";
import { runStep } from "@/local/build/step";
import { markFailed, readArguments, runCommand } from "@/scripts/cli/run";
import { runKillTest } from "@/scripts/kill-test/run";

const usage = `Usage: npm run kill-test -- [--contributions N] [--rounds N] [--pause SECONDS] [--json]

Starts a stack of its own (clear engine, attested inputs, free ports, a temporary folder), sends N contributions (10,000)
through its API and kills site, worker, engine, devnet, anvil and database in turn with SIGKILL while they are under way.
Then counts on chain: each must be counted once or reported as refused. Prints lost and doubled; both must be 0.`;

function readNumber(text: string | undefined, { name, standard, most }: { name: string; standard: number; most: number }): number {
  const value = text === undefined ? standard : Number(text);
  if (Number.isFinite(value) && value > 0 && value <= most) return value;
  throw new AppError("usage.invalid", `--${name} must be a number above 0, at most ${most}.\n\n${usage}`);
}

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

await runCommand(async (output) => {
  const text = { type: "string" } as const;
  const { values } = readArguments({ options: { contributions: text, rounds: text, pause: text, json: { type: "boolean", default: false } } }, usage);
  const { FHE_ENGINE_BINARY: given } = env();
  if (given === undefined) await runStep(engineStep, { quiet: true });
  const result = await runKillTest({
    contributions: readNumber(values.contributions, { name: "contributions", standard: 10_000, most: 28_000 }),
    rounds: readNumber(values.rounds, { name: "rounds", standard: 2, most: 100 }),
    pauseMs: 1_000 * readNumber(values.pause, { name: "pause", standard: 8, most: 3_600 }),
    engineBinary: path.resolve(given ?? engineBinary),
    say: (sentence) => output.say(sentence),
  });
  const { taken, accepted, refused, lost, doubled, misreported, kills, seconds } = result;
  output.say(`${taken} taken, ${accepted} counted once on chain, ${refused} reported as refused, in ${seconds.toFixed(0)} s and ${kills.length} kills`);
  output.say(`lost ${lost}\ndoubled ${doubled}`);
  if (misreported > 0) output.say(`misreported ${misreported}: the API says another thing than the chain`);
  output.emit({ type: "kill-test", ...result });
  if (lost > 0 || doubled > 0 || misreported > 0 || result.left.length > 0) markFailed();
});
