import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { z } from "zod";

const readySchema = z.object({ baseUrl: z.url(), devnetUrl: z.url() });

/** The first line of the stack's output, or the reason why there is none. */
function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    if (child.stdout === null) return reject(new Error("the stack has no output"));
    createInterface({ input: child.stdout }).once("line", resolve);
    child.once("exit", (code) => reject(new Error(`the stack ended with code ${code} before it was ready`)));
  });
}

/** Starts database, local network and site once for all journeys, in a process of their own; ends them after the last. */
export default async function setup(): Promise<() => Promise<void>> {
  const args = ["--conditions=react-server", "--import", "tsx", "e2e/stack/main.ts"];
  const stack = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const { baseUrl, devnetUrl } = readySchema.parse(JSON.parse(await firstLine(stack)));
  process.env["JOURNEY_URL"] = baseUrl;
  process.env["JOURNEY_DEVNET"] = devnetUrl;
  return () => new Promise((resolve) => {
    stack.once("exit", () => resolve());
    stack.stdin.end();
  });
}
