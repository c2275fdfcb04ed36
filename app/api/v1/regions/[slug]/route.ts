import { operations } from "@/lib/delivery/model/operations";
import { endpoint, serve } from "@/lib/platform/endpoint";
import { getRegionAnswer } from "@/lib/releases/data/get-region";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(serve(operations.getRegion, ({ params }) => getRegionAnswer(params.slug)));
