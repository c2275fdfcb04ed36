import { createWriteStream, existsSync, renameSync, statSync } from "node:fs";

export type ServiceLog = {
  readonly file: string;
  write(line: string): void;
  /** The last lines of this run, for telling why it ended. */
  lastWords(): string;
  /** Whether a matter comes up for the first time within an hour. */
  isFirst(matter: string): boolean;
  close(): Promise<void>;
};

const bytesMax = 32 * 1024 * 1024;
const wordsMax = 12;
const hourMs = 3_600_000;

/**
 * A service's log: appended to, and moved to FILE.1 when it has outgrown 32 MiB, so that the two together stay bounded.
 * A disk that is full loses lines, never the service.
 */
export function openServiceLog(file: string): ServiceLog {
  let written = existsSync(file) ? statSync(file).size : 0;
  let stream = createWriteStream(file, { flags: "a" }).on("error", () => undefined);
  const words: string[] = [];
  const matters = new Map<string, number>();

  const rotate = (): void => {
    stream.end();
    renameSync(file, `${file}.1`);
    stream = createWriteStream(file, { flags: "a" }).on("error", () => undefined);
    written = 0;
  };

  return {
    file,
    write: (line) => {
      if (written > bytesMax && existsSync(file)) rotate();
      stream.write(`${line}\n`);
      written += Buffer.byteLength(line) + 1;
      if (line.trim() === "") return;
      words.push(line);
      if (words.length > wordsMax) words.shift();
    },
    lastWords: () => words.join("\n"),
    isFirst: (matter) => {
      const last = matters.get(matter);
      if (last !== undefined && performance.now() - last < hourMs) return false;
      matters.set(matter, performance.now());
      return true;
    },
    close: () => new Promise((resolve) => (stream.closed || stream.errored !== null ? resolve() : stream.once("close", () => resolve()).end())),
  };
}
