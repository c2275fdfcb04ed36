import { operations } from "@/lib/delivery/model/operations";
import { endpoint, serve } from "@/lib/platform/endpoint";
import { pool } from "@/lib/platform/pool";
import { findReleases } from "@/lib/releases/data/find-releases";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(serve(operations.findReleases, ({ params, query }) => findReleases(pool(), params.slug, query)));
