import { spawn } from "node:child_process";
import { cacheFolder, engineBinary, engineStep } from "@/local/build/engine";
import { runStep } from "@/local/build/step";
import { generatedSteps, siteStep } from "@/local/build/steps";
import { ensureChromium } from "@/scripts/test/chromium";
import { addCounts, countOutcome, type Counts } from "@/scripts/test/counts";
import { listSuites, type Suite } from "@/scripts/test/suites";

function runSuite(suite: Suite, env: Readonly<Record<string, string>>): Promise<Counts> {
  console.log(`\n── ${suite.name} ${"─".repeat(Math.max(0, 60 - suite.name.length))}`);
  return new Promise((resolve) => {
    const child = spawn(suite.program, [...suite.args], { cwd: suite.cwd, env: { ...process.env, ...env, ...suite.env }, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const take = (chunk: Buffer): void => {
      output += chunk.toString("utf8");
      process.stdout.write(chunk);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    const timer = setTimeout(() => {
      console.log(`\n${suite.name} took longer than ${suite.timeoutMinutes} minutes`);
      child.kill("SIGKILL");
    }, suite.timeoutMinutes * 60_000);
    const finish = (exitCode: number): void => {
      clearTimeout(timer);
      resolve(countOutcome(suite.runner, output, exitCode));
    };
    child.once("error", () => finish(1));
    child.once("close", (code) => finish(code ?? 1));
  });
}

async function main(): Promise<void> {
  const startedMs = performance.now();
  const only = process.argv.slice(2);
  const suites = (await listSuites()).filter((suite) => only.length === 0 || only.includes(suite.name));
  console.log("Building what has changed");
  for (const step of [engineStep, ...generatedSteps]) await runStep(step);
  const needsBrowser = suites.some((suite) => suite.runner === "playwright");
  if (needsBrowser) await runStep(siteStep);
  const env = {
    FHE_ENGINE_BINARY: engineBinary,
    CACHE_DIR: cacheFolder(),
    ...(needsBrowser ? { CHROMIUM_PATH: await ensureChromium() } : {}),
  };
  const rows: (Counts & { name: string; seconds: number })[] = [];
  for (const suite of suites) {
    const suiteStartedMs = performance.now();
    const counts = await runSuite(suite, env);
    rows.push({ name: suite.name, ...counts, seconds: Math.round((performance.now() - suiteStartedMs) / 1000) });
  }
  console.log("");
  for (const row of rows) console.log(`${row.failed === 0 ? "✓" : "✗"} ${row.name.padEnd(12)} ${row.passed} of ${row.passed + row.failed} in ${row.seconds} s`);
  const total = addCounts(rows);
  console.log(`\nAll suites took ${Math.round((performance.now() - startedMs) / 60_000)} min`);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  process.exit(total.failed === 0 ? 0 : 1);
}

main().catch((error: unknown) => {
  console.error(`\n${error instanceof Error ? error.message : String(error)}\n`);
  console.log("0 passed, 1 failed");
  process.exit(1);
});
