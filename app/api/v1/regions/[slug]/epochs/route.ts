import { operations } from "@/lib/delivery/model/operations";
import { endpoint, serve } from "@/lib/platform/endpoint";
import { findEpochs } from "@/lib/releases/data/find-epochs";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(serve(operations.findEpochs, ({ params, query }) => findEpochs(params.slug, query)));
