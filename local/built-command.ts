import path from "node:path";
import { pathToFileURL } from "node:url";
import { runStep } from "@/local/build/step";
import { generatedSteps } from "@/local/build/steps";

/** Runs a program after building what it is made of, so that every command works in a fresh clone too. Says so on stderr. */
async function main([entry, ...args]: readonly string[]): Promise<void> {
  if (entry === undefined) throw new Error("Name the program to run, for example scripts/bench.ts.");
  for (const step of generatedSteps) await runStep(step, { quiet: true });
  const file = path.resolve(entry);
  process.argv = [process.execPath, file, ...args];
  await import(pathToFileURL(file).href);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
