import { z } from "zod";
import { profileNames } from "@/lib/geo/model/region";

const seconds = z.number().int().min(0);

/** A region's parameters as the index keeps them and the site answers them. */
export const regionSchema = z.object({
  id: z.number().int().min(1),
  chainId: z.number().int(),
  slug: z.string(),
  start: seconds,
  epochSeconds: z.number().int().min(1),
  graceSeconds: z.number().int().min(0),
  studyUntil: seconds.nullable(),
  tileResolution: z.number().int(),
  samplingRate: z.number(),
  visitsMax: z.number().int(),
  ticketsMin: z.number().int(),
  profile: z.enum(profileNames),
  speedEdges: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  covers: z.array(z.array(z.string())),
});
