import "server-only";
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";

const messageSchema = z.object({
  id: z.number().nullish(),
  event: z.string().optional(),
  result: z.unknown().optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});

type Message = z.infer<typeof messageSchema>;
type Waiting = { resolve(result: unknown): void; reject(error: AppError): void };

/** A child process that answers one JSON line for each line it is given, in any order. Its end fails all that wait. */
export class JsonLinesProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ready: Promise<void>;
  #nextId = 1;
  #end: AppError | undefined;

  constructor(program: string, args: readonly string[]) {
    this.#child = spawn(program, [...args], { stdio: ["pipe", "pipe", "ignore"] });
    this.#child.once("error", (cause) => this.#finish(`${program} can't be started`, cause));
    this.#child.once("exit", (code, signal) => this.#finish(`${program} ended (${signal ?? code})`));
    this.#child.stdin.on("error", () => undefined); // the process has gone: its exit is reported above
    this.#ready = new Promise((resolve, reject) => this.#waiting.set(0, { resolve: () => resolve(), reject }));
    this.#ready.catch(() => undefined); // reported to whoever calls
    createInterface({ input: this.#child.stdout }).on("line", (line) => this.#receive(line));
  }

  get hasEnded(): boolean {
    return this.#end !== undefined;
  }

  #finish(reason: string, cause?: unknown): void {
    this.#end ??= new AppError("engine.unavailable", `The FHE engine is not available: ${reason}.`, { cause });
    for (const { reject } of this.#waiting.values()) reject(this.#end);
    this.#waiting.clear();
  }

  #receive(line: string): void {
    const message = parseMessage(line);
    const id = message?.event === "ready" ? 0 : message?.id;
    if (message === undefined || id === null || id === undefined) return;
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (message.error === undefined) waiting?.resolve(message.result);
    else waiting?.reject(new AppError("engine.refused", `The FHE engine refuses: ${message.error.message}`, { details: { engineCode: message.error.code } }));
  }

  /** Sends one request once the process is ready. Throws `engine.unavailable`, `engine.refused`. */
  async call(method: string, params: unknown, { timeoutMs }: { timeoutMs: number }): Promise<unknown> {
    await this.#ready;
    if (this.#end !== undefined) throw this.#end;
    const id = this.#nextId;
    this.#nextId += 1;
    let timer: NodeJS.Timeout | undefined;
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      timer = setTimeout(() => reject(new AppError("engine.unavailable", `The FHE engine did not answer ${method} within ${timeoutMs / 1000} s.`)), timeoutMs);
      this.#child.stdin.write(`${JSON.stringify({ id, method, params })}\n`);
    });
    return answer.finally(() => {
      clearTimeout(timer);
      this.#waiting.delete(id);
    });
  }

  /** Ends the process in an orderly way: it stops when its input is closed. */
  close(): void {
    this.#child.stdin.end();
    this.#child.unref();
  }
}

function parseMessage(line: string): Message | undefined {
  try {
    return messageSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined; // not one of ours: libraries may print
  }
}
