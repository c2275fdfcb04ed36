import { randomUUID } from "node:crypto";
import { RelayerRefusal } from "@/local/devnet/relayer-refusal";

/** What has become of a job. */
export type JobState =
  | { readonly status: "queued" }
  | { readonly status: "succeeded"; readonly result: unknown }
  | { readonly status: "failed"; readonly error: unknown };

export type Jobs = {
  /** Begins work and gives it an id; refuses `protocol_overload` when too much is under way. */
  start(work: () => Promise<unknown>): string;
  /** Undefined for an id that was never given or whose result nobody fetched for long. */
  find(id: string): JobState | undefined;
};

export type JobLimits = {
  /** Jobs under way at most. */
  runningMax: number;
  /** How long a result is kept for whoever asks for it. */
  keepMs: number;
};

/** Work that outlasts a request: begun by one, fetched by others. Kept in memory: who asks after a restart asks anew. */
export function createJobs({ runningMax, keepMs }: JobLimits): Jobs {
  const states = new Map<string, JobState>();
  let running = 0;
  const settle = (id: string, state: JobState): void => {
    running -= 1;
    states.set(id, state);
    setTimeout(() => states.delete(id), keepMs).unref();
  };
  return {
    start: (work) => {
      if (running >= runningMax) throw new RelayerRefusal("protocol_overload", `${running} requests are under way; try again soon.`);
      const id = randomUUID();
      running += 1;
      states.set(id, { status: "queued" });
      work().then(
        (result) => settle(id, { status: "succeeded", result }),
        (error: unknown) => settle(id, { status: "failed", error }),
      );
      return id;
    },
    find: (id) => states.get(id),
  };
}
