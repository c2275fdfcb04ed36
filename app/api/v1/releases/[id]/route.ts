import { operations } from "@/lib/delivery/model/operations";
import { endpoint, serve } from "@/lib/platform/endpoint";
import { pool } from "@/lib/platform/pool";
import { findRelease } from "@/lib/releases/data/find-releases";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(serve(operations.getRelease, ({ params }) => findRelease(pool(), BigInt(params.id))));
