import { z } from "zod";

export const healthStatuses = ["ok", "degraded", "down"] as const;

export const partNames = ["database", "chain", "relayer", "engine", "worker", "indexer"] as const;

const partSchema = z.object({
  status: z.enum(healthStatuses),
  /** For a person. */
  detail: z.string(),
  /** Seconds since the part last gave a sign of life, when it gives them. */
  sinceSeconds: z.number().optional(),
});

/** What `GET /api/health` answers: 503 when the whole is down, else 200. */
export const healthSchema = z.object({ status: z.enum(healthStatuses), checks: z.record(z.enum(partNames), partSchema) });

export type PartHealth = z.infer<typeof partSchema>;
export type Health = z.infer<typeof healthSchema>;
