import { operations } from "@/lib/delivery/model/operations";
import { endpoint, serve } from "@/lib/platform/endpoint";
import { pool } from "@/lib/platform/pool";
import { findPurchases } from "@/lib/releases/data/find-purchases";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(serve(operations.findPurchases, ({ query }) => findPurchases(pool(), query)));
