import { nothing } from "@/lib/platform/endpoint";

export const dynamic = "force-dynamic";

/** Every address below /api that no other route has. */
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = nothing();
