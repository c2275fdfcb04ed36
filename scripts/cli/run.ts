import { parseArgs, type ParseArgsConfig } from "node:util";
import { AppError, isAppError } from "@/lib/kernel/errors";
import { createOutput, type Output } from "@/scripts/cli/output";

/** Exit codes: 0 done, 1 something failed or was refused, 2 the command was called wrongly. */
const exitCodes = { done: 0, failed: 1, usage: 2 } as const;

/** Reads arguments strictly; `--help` prints the usage and ends. Throws `usage.invalid` with the reason and the usage. */
export function readArguments<Config extends ParseArgsConfig>(config: Config, usage: string): ReturnType<typeof parseArgs<Config>> {
  if ((config.args ?? process.argv.slice(2)).includes("--help")) {
    process.stdout.write(`${usage}\n`);
    process.exit(exitCodes.done);
  }
  try {
    return parseArgs(config);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace(/\. To specify a positional.*$/s, ".") : "The arguments can't be read.";
    throw new AppError("usage.invalid", `${reason}\n\n${usage}`, { cause });
  }
}

/** A reason that a person can act on; unknown failures are shown with their text. */
function describe(error: unknown): { code: string; message: string } {
  if (isAppError(error)) return { code: error.code, message: error.message };
  return { code: "internal", message: error instanceof Error ? error.message : String(error) };
}

/** Runs a command and sets the process's exit code. Every failure becomes one clear line, and one JSON line with `--json`. */
export async function runCommand(command: (output: Output) => Promise<void>): Promise<void> {
  const output = createOutput({ json: process.argv.includes("--json") });
  try {
    await command(output);
    process.exitCode ??= exitCodes.done;
  } catch (error) {
    const { code, message } = describe(error);
    output.say(`Error: ${message}`);
    output.emit({ type: "error", code, message });
    process.exitCode = code === "usage.invalid" ? exitCodes.usage : exitCodes.failed;
  }
}

/** Marks the run as failed without stopping it: some items were refused, the others went on. */
export function markFailed(): void {
  process.exitCode = exitCodes.failed;
}
