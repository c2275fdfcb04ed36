import { parseInput, route } from "@/lib/platform/http";
import { findEpochs } from "@/lib/releases/data/find-epochs";
import { epochsQuerySchema } from "@/lib/releases/schema";

export const GET = route<{ slug: string }>(async ({ request, params }) => {
  const query = Object.fromEntries(new URL(request.url).searchParams);
  return Response.json(await findEpochs(params.slug, parseInput(epochsQuerySchema, query, "query")));
});
