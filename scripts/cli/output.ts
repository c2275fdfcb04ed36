import { SingleBar } from "cli-progress";
import { formatDuration } from "@/lib/kernel/format";

/** A bar with the time left; on a terminal only, elsewhere one line at the beginning. */
export type Progress = { update(done: number, note?: string, secondsLeft?: number | null): void; stop(): void };

/** Human text goes to stderr, machine-readable lines to stdout, so that one can be piped without the other. */
export type Output = {
  readonly isJson: boolean;
  /** A sentence for people. */
  say(text: string): void;
  /** One JSON object on one line of stdout; nothing without `--json`. */
  emit(line: { type: string } & Record<string, unknown>): void;
  progress(label: string, total: number): Progress;
};

function replaceBigints(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

function openBar(label: string, total: number): Progress {
  const bar = new SingleBar({
    stream: process.stderr,
    format: `${label} {bar} {value}/{total} {note}`,
    hideCursor: true,
    clearOnComplete: false,
    barsize: 24,
  });
  const startedMs = performance.now();
  bar.start(Math.max(total, 1), 0, { note: "" });
  const estimate = (done: number): number | null => (done === 0 ? null : ((performance.now() - startedMs) / 1000 / done) * (total - done));
  return {
    update(done, note = "", secondsLeft = estimate(done)) {
      const left = secondsLeft === null || done >= total ? "" : `, about ${formatDuration(secondsLeft)} left`;
      bar.update(Math.min(done, Math.max(total, 1)), { note: `${note}${left}`.replace(/^, /, "") });
    },
    stop: () => bar.stop(),
  };
}

export function createOutput({ json }: { json: boolean }): Output {
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  return {
    isJson: json,
    say,
    emit: (line) => void (json && process.stdout.write(`${JSON.stringify(line, replaceBigints)}\n`)),
    progress(label, total) {
      if (process.stderr.isTTY) return openBar(label, total);
      say(`${label} …`);
      return { update: () => undefined, stop: () => undefined };
    },
  };
}
