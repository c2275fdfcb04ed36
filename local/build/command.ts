import { spawn } from "node:child_process";
import { AppError } from "@/lib/kernel/errors";

export type CommandOptions = {
  cwd?: string;
  env?: Readonly<Record<string, string>>;
  timeoutMs: number;
  /** Called with each line of output. */
  onLine?: (line: string) => void;
  /** What a person should do when the program is not installed. */
  missing?: string;
};

const tailLines = 40;

/** Runs a program to its end. Throws `config.invalid` with the last lines of its output when it fails, hangs or is not there. */
export function runCommand(program: string, args: readonly string[], options: CommandOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], { cwd: options.cwd, env: { ...process.env, ...options.env }, stdio: ["ignore", "pipe", "pipe"] });
    const tail: string[] = [];
    const take = (chunk: Buffer): void => {
      for (const line of chunk.toString("utf8").split(/\r?\n/)) {
        if (line.trim() === "") continue;
        tail.push(line);
        if (tail.length > tailLines) tail.shift();
        options.onLine?.(line);
      }
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    const timer = setTimeout(() => child.kill("SIGKILL"), options.timeoutMs);
    child.once("error", (cause) => {
      clearTimeout(timer);
      reject(new AppError("config.invalid", options.missing ?? `${program} could not be started.`, { cause }));
    });
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      if (code === 0) return resolve();
      const why = signal === "SIGKILL" ? `gave no answer within ${options.timeoutMs / 1000} s` : `ended with ${code ?? signal}`;
      reject(new AppError("config.invalid", `${[program, ...args].join(" ")} ${why}:\n${tail.join("\n")}`));
    });
  });
}
