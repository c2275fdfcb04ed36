export type Counts = { passed: number; failed: number };

const none: Counts = { passed: 0, failed: 0 };

// eslint's rule against control characters is right for input; here they are what is looked for.
const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");

function sum(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].reduce((total, match) => total + Number(match[1] ?? 0), 0);
}

/** Closing lines of the runners in use, and the counts they hold. */
const readers: Record<"vitest" | "mocha" | "cargo" | "playwright", (output: string) => Counts> = {
  vitest: (output) => {
    const line = output.split("\n").findLast((candidate) => /^\s*Tests\s/.test(candidate)) ?? "";
    return { passed: sum(line, /(\d+) passed/g), failed: sum(line, /(\d+) failed/g) };
  },
  mocha: (output) => ({ passed: sum(output, /^\s*(\d+) passing\b/gm), failed: sum(output, /^\s*(\d+) failing\b/gm) }),
  cargo: (output) => ({ passed: sum(output, /^test result: .* (\d+) passed;/gm), failed: sum(output, /^test result: .* (\d+) failed;/gm) }),
  playwright: (output) => ({ passed: sum(output, /^\s*(\d+) passed\b/gm), failed: sum(output, /^\s*(\d+) (?:failed|flaky|interrupted|did not run)\b/gm) }),
};

export type Runner = keyof typeof readers | "check";

/**
 * What a runner's output and exit code say. A runner that failed without counting a failure counts as one,
 * and so does one that ran nothing: a suite that silently vanished must not pass.
 */
export function countOutcome(runner: Runner, output: string, exitCode: number): Counts {
  if (runner === "check") return exitCode === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  const counted = readers[runner](output.replace(escapes, ""));
  if (exitCode !== 0 && counted.failed === 0) return { ...counted, failed: 1 };
  return counted.passed + counted.failed === 0 ? { passed: 0, failed: 1 } : counted;
}

export function addCounts(all: readonly Counts[]): Counts {
  return all.reduce((total, one) => ({ passed: total.passed + one.passed, failed: total.failed + one.failed }), none);
}
