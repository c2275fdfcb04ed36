import { proxyFaucet } from "@/lib/platform/devnet-proxy";
import { route } from "@/lib/platform/http";

export const POST = route(({ request }) => proxyFaucet(request));
