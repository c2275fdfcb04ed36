import { proxyDevnetRead } from "@/lib/platform/devnet-proxy";
import { plain } from "@/lib/platform/endpoint";

export const dynamic = "force-dynamic";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = plain("devnet/progress", { GET: () => proxyDevnetRead("progress") });
