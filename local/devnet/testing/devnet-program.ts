import { spawn, type ChildProcess } from "node:child_process";
import { z } from "zod";
import { delay } from "@/lib/kernel/time";
import { findEngineBinary } from "@/local/devnet/testing/devnet-fixture";
import { findFreePort } from "@/local/free-port";

const statusSchema = z.object({ ready: z.boolean(), waitingFor: z.string().nullable(), block: z.number(), engine: z.string() });
export type Status = z.infer<typeof statusSchema>;

/** The devnet as npm start runs it: a process of its own, which can be killed. */
export class DevnetProgram {
  readonly url: string;
  readonly anvilPort: number;
  readonly #environment: NodeJS.ProcessEnv;
  #child: ChildProcess | undefined;
  #words = "";

  private constructor(url: string, anvilPort: number, environment: NodeJS.ProcessEnv) {
    this.url = url;
    this.anvilPort = anvilPort;
    this.#environment = environment;
  }

  static async create(folder: string, changes: Record<string, string> = {}): Promise<DevnetProgram> {
    const [port, anvilPort] = [await findFreePort(), await findFreePort()];
    const ports = { DEVNET_PORT: String(port), ANVIL_PORT: String(anvilPort) };
    const environment = { ...process.env, ...ports, LOCAL_DIR: folder, FHE_ENGINE: "clear", FHE_ENGINE_BINARY: await findEngineBinary(), LOG_LEVEL: "warn", NETWORK: "local", ...changes };
    return new DevnetProgram(`http://127.0.0.1:${port}`, anvilPort, environment);
  }

  /** Starts it; does not wait. */
  launch(): void {
    const args = ["--conditions=react-server", "--import", "tsx", "local/devnet/main.ts"];
    this.#child = spawn(process.execPath, args, { env: this.#environment, stdio: ["ignore", "ignore", "pipe"] });
    this.#words = "";
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.#words += text));
  }

  async status(): Promise<Status | undefined> {
    try {
      return statusSchema.parse(await (await fetch(`${this.url}/devnet/status`)).json());
    } catch {
      return undefined; // not listening
    }
  }

  async untilReady(): Promise<Status> {
    for (;;) {
      const status = await this.status();
      if (status?.ready === true) return status;
      if (this.#child?.exitCode !== null && this.#child?.exitCode !== undefined) throw new Error(`the devnet ended with code ${this.#child.exitCode}: ${this.#words}`);
      await delay(50);
    }
  }

  /** Ends it by a signal; resolves to its exit code, or null when the signal itself ended it. */
  end(signal: "SIGKILL" | "SIGTERM" | "SIGINT"): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child?.exitCode ?? null);
    const ended = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
    child.kill(signal);
    return ended;
  }
}
