import { route } from "@/lib/platform/http";
import { findRegionAnswers } from "@/lib/releases/data/get-region";

export const dynamic = "force-dynamic";

export const GET = route(async () => Response.json(await findRegionAnswers()));
