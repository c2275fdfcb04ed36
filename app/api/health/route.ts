import { getHealth } from "@/lib/delivery/data/get-health";
import { plain } from "@/lib/platform/endpoint";
import { pool } from "@/lib/platform/pool";

export const dynamic = "force-dynamic";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = plain("health", {
  GET: async () => {
    const health = await getHealth(pool());
    return Response.json(health, { status: health.status === "down" ? 503 : 200 });
  },
});
