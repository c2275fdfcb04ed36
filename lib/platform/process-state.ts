import "server-only";
import type { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Pool } from "pg";
import type { RateLimiterMemory } from "rate-limiter-flexible";

/** The process's measurements. */
export type ProcessMetrics = {
  registry: Registry;
  requests: Counter<"method" | "route" | "status">;
  seconds: Histogram<"method" | "route">;
  contributions: Counter<"outcome">;
  up: Gauge<"part">;
  queue: Gauge<"state">;
  beats: Gauge<"service" | "instance">;
};

/** An answer that is given again to whoever repeats a request with the same key. */
export type KeptAnswer = { requestHash: string; body: Promise<unknown>; untilMs: number };

type ProcessState = {
  metrics: ProcessMetrics;
  pool: Pool;
  limiters: Map<string, RateLimiterMemory>;
  answers: Map<string, KeptAnswer>;
  salt: { day: string; bytes: Uint8Array };
};

const name = Symbol.for("traffic.process-state");
// `console` is named only because a type must share a property with what is assigned to it.
const holder: { [name]?: Partial<ProcessState>; console?: unknown } = globalThis;

/**
 * A value that exists once in the process, made when it is first asked for.
 * Bundles may hold a module more than once; limits, counters and connections must not be doubled by that.
 */
export function onceInProcess<Name extends keyof ProcessState>(key: Name, make: () => ProcessState[Name]): ProcessState[Name] {
  const state = (holder[name] ??= {});
  const known = state[key];
  if (known !== undefined) return known;
  const made = make();
  state[key] = made;
  return made;
}

/** Puts another value in the place of a kept one. */
export function replaceInProcess<Name extends keyof ProcessState>(key: Name, value: ProcessState[Name]): void {
  (holder[name] ??= {})[key] = value;
}
