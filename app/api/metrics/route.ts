import { getMetrics } from "@/lib/delivery/data/get-metrics";
import { AppError } from "@/lib/kernel/errors";
import { isLoopback } from "@/lib/platform/client-address";
import { plain } from "@/lib/platform/endpoint";
import { env } from "@/lib/platform/env";
import { pool } from "@/lib/platform/pool";
import { isSameSecret } from "@/lib/platform/same-secret";

export const dynamic = "force-dynamic";

function mayRead({ headers }: Request): boolean {
  const { METRICS_TOKEN: token, TRUSTED_PROXIES: proxies } = env();
  return isLoopback(headers, proxies) || (token !== undefined && isSameSecret(headers.get("authorization") ?? "", `Bearer ${token}`));
}

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = plain("metrics", {
  GET: async (request) => {
    if (!mayRead(request)) throw new AppError("request.not-found", "There is nothing at this address. The API is described at /docs/api.");
    const { text, contentType } = await getMetrics(pool());
    return new Response(text, { headers: { "content-type": contentType } });
  },
});
