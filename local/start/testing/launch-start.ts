import { spawn, type ChildProcess } from "node:child_process";

/** `npm start` with settings of its own, as a process that can be ended; each line that it writes is handed on. */
export function launchStart(env: Readonly<Record<string, string>>, onLine: (line: string) => void): ChildProcess {
  const child = spawn(process.execPath, ["--conditions=react-server", "--import", "tsx", "local/run.ts"], {
    env: { ...process.env, NODE_ENV: "production", ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true, // Ctrl-C reaches only who started it, who then ends it in order
  });
  process.once("exit", () => child.kill("SIGTERM")); // it must not outlive who started it
  for (const output of [child.stdout, child.stderr]) {
    output.setEncoding("utf8").on("data", (text: string) => text.split("\n").filter((line) => line.trim() !== "").forEach(onLine));
  }
  return child;
}
