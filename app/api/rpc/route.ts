import { plain } from "@/lib/platform/endpoint";
import { proxyRpc } from "@/lib/platform/rpc-proxy";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = plain("rpc", { POST: (request) => proxyRpc(request) });
