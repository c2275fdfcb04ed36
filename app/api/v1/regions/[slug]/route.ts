import { route } from "@/lib/platform/http";
import { getRegionAnswer } from "@/lib/releases/data/get-region";

export const GET = route<{ slug: string }>(async ({ params }) => Response.json(await getRegionAnswer(params.slug)));
