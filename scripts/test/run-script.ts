import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { z } from "zod";

/** One run of a command of the product, as a person starts it. */
export type CommandRun = {
  code: number | null;
  /** The JSON lines of stdout. */
  lines: ({ type: string } & Record<string, unknown>)[];
  /** What a person reads. */
  text: string;
};

const lineSchema = z.object({ type: z.string() }).loose();

export type CommandOptions = {
  env: Readonly<Record<string, string>>;
  /** Called for each line that a person reads; true kills the command on the spot. */
  killWhen?: () => boolean;
};

/** Runs `scripts/NAME.ts` with `--json` in a process of its own. */
export async function runScript(name: string, args: readonly string[], { env, killWhen }: CommandOptions): Promise<CommandRun> {
  const child = spawn(process.execPath, ["--conditions=react-server", "--import", "tsx", `scripts/${name}.ts`, ...args, "--json"], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: CommandRun["lines"] = [];
  let text = "";
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(lineSchema.parse(JSON.parse(line))));
  child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const killer = killWhen === undefined ? undefined : setInterval(() => killWhen() && child.kill("SIGKILL"), 20);
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  clearInterval(killer);
  return { code, lines, text };
}
