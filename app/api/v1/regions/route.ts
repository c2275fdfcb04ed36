import { operations } from "@/lib/delivery/model/operations";
import { endpoint, serve } from "@/lib/platform/endpoint";
import { findRegionAnswers } from "@/lib/releases/data/get-region";

export const dynamic = "force-dynamic";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(serve(operations.findRegions, () => findRegionAnswers()));
