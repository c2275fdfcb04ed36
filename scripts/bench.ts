import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { AppError } from "@/lib/kernel/errors";
import { engineBinary, engineStep } from "@/local/build/engine";
import { runStep } from "@/local/build/step";
import { benchApi } from "@/scripts/bench/api";
import { benchClient } from "@/scripts/bench/client";
import { benchGeo } from "@/scripts/bench/geo";
import { measurementSchema, type Measurement } from "@/scripts/bench/measurement";

/** Reads measurements from a program that prints one JSON object a line; other lines are passed on to stderr. */
async function* readProgram(program: string, args: readonly string[], cwd?: string): AsyncGenerator<Measurement> {
  const child = spawn(program, [...args], { cwd, stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith("{")) yield measurementSchema.parse(JSON.parse(line));
    else if (line.trim() !== "") console.error(line);
  }
  const code = await ended;
  if (code !== 0) throw new AppError("internal", `${program} ${args.join(" ")} ended with ${code}.`);
}

async function* benchEngine(): AsyncGenerator<Measurement> {
  await runStep(engineStep);
  yield* readProgram(engineBinary, ["bench"]);
}

const groups: Record<string, () => AsyncGenerator<Measurement>> = {
  contracts: () => readProgram("npm", ["run", "--silent", "bench", "--workspace", "contracts"]),
  engine: benchEngine,
  client: benchClient,
  api: benchApi,
  geo: benchGeo,
  web: () => readProgram(process.execPath, ["--conditions=react-server", "--import", "tsx", "e2e/measure/main.ts"]),
};

function formatRow({ name, value, unit, n }: Measurement): string {
  return `${name.padEnd(28)} ${value.toLocaleString("en", { maximumFractionDigits: 3 }).padStart(14)} ${unit} (n = ${n})`;
}

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { json: { type: "boolean", default: false } } });
  const chosen = positionals.length === 0 ? Object.keys(groups) : positionals;
  for (const name of chosen) {
    const group = groups[name];
    if (group === undefined) throw new AppError("usage.invalid", `There is no bench group ${name}. Groups: ${Object.keys(groups).join(", ")}.`);
    for await (const measurement of group()) console.log(values.json ? JSON.stringify(measurement) : formatRow(measurement));
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
