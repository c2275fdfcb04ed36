import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

/** Something that is made from files, and made again only when they have changed. */
export type BuildStep = {
  name: string;
  /** Files and folders whose contents decide whether the step runs. */
  inputs: readonly string[];
  /** Files that must be there after it. */
  outputs: readonly string[];
  run(report: (progress: string) => void, signal?: AbortSignal): Promise<void>;
};

export type StepOptions = {
  /** Say nothing when there is nothing to do. */
  quiet?: boolean;
  signal?: AbortSignal | undefined;
  /** Progress by whole lines now and then, because other steps run beside this one. */
  beside?: boolean;
  onProgress?: (progress: string) => void;
};

/** Where stamps and built programs are kept; unlike LOCAL_DIR it survives a reset. */
export const buildFolder = path.resolve(".build");

const skipped = new Set(["node_modules", "artifacts", "cache", "target", "abi", "generated", "fhevmTemp", "types", ".next"]);

async function listFiles(entry: string): Promise<string[]> {
  if (!existsSync(entry)) return [];
  const children = await readdir(entry, { withFileTypes: true }).catch(() => undefined);
  if (children === undefined) return [entry];
  const lists = await Promise.all(
    children.filter((child) => !skipped.has(child.name)).map((child) => listFiles(path.join(entry, child.name))),
  );
  return lists.flat();
}

/** SHA-256 over names and contents of all files under the inputs. */
export async function hashInputs(inputs: readonly string[]): Promise<string> {
  const files = (await Promise.all(inputs.map(listFiles))).flat().toSorted();
  const hash = createHash("sha256");
  for (const file of files) hash.update(file).update("\0").update(await readFile(file)).update("\0");
  return hash.digest("hex");
}

function seconds(sinceMs: number): string {
  return `${((performance.now() - sinceMs) / 1000).toFixed(0)} s`;
}

const interactive = process.stderr.isTTY;

function showProgress(name: string, text: string): void {
  process.stderr.write(`\r\u001b[2K  … ${name.padEnd(12)} ${text}`);
}

/** Whether the step has nothing to do. */
export async function isUpToDate(step: BuildStep): Promise<boolean> {
  return (await readStamp(step)) === (await hashInputs(step.inputs)) && step.outputs.every((output) => existsSync(output));
}

function stampOf(step: BuildStep): string {
  return path.join(buildFolder, "steps", step.name);
}

async function readStamp(step: BuildStep): Promise<string> {
  return existsSync(stampOf(step)) ? readFile(stampOf(step), "utf8") : "";
}

/** Runs the step unless neither its inputs nor its outputs have changed; one line on stderr either way, or only when there was work. */
export async function runStep(step: BuildStep, { quiet = false, signal, beside = false, onProgress }: StepOptions = {}): Promise<void> {
  const hash = await hashInputs(step.inputs);
  if ((await readStamp(step)) === hash && step.outputs.every((output) => existsSync(output))) {
    if (!quiet) console.error(`  ✓ ${step.name.padEnd(12)} up to date`);
    return;
  }
  const startedMs = performance.now();
  let reportedMs = startedMs;
  const byLines = beside || !interactive;
  await step.run((text) => {
    onProgress?.(text);
    if (!byLines) return showProgress(step.name, text);
    if (performance.now() - reportedMs < 30_000) return;
    reportedMs = performance.now();
    console.error(`  … ${step.name.padEnd(12)} ${text}`);
  }, signal);
  await mkdir(path.dirname(stampOf(step)), { recursive: true });
  await writeFile(stampOf(step), hash);
  console.error(`${byLines ? "" : "\r\u001b[2K"}  ✓ ${step.name.padEnd(12)} ${seconds(startedMs)}`);
}
