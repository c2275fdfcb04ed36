import "server-only";
import pino from "pino";
import { env } from "@/lib/platform/env";

export type Logger = pino.Logger;

/**
 * The process's log: JSON lines on stdout.
 * Never give it a position, a cell, a key, or anything else that a vehicle or a reader would not publish.
 */
export function createLogger(name: string): Logger {
  return pino({ name, level: env().LOG_LEVEL });
}
