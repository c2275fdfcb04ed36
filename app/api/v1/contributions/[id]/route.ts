import { operations } from "@/lib/delivery/model/operations";
import { getContribution } from "@/lib/ingest/data/get-contribution";
import { endpoint, serve } from "@/lib/platform/endpoint";
import { pool } from "@/lib/platform/pool";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(serve(operations.getContribution, ({ params }) => getContribution(pool(), params.id)));
