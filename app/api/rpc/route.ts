import { route } from "@/lib/platform/http";
import { proxyRpc } from "@/lib/platform/rpc-proxy";

export const POST = route(({ request }) => proxyRpc(request));
