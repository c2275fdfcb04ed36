import { proxyFaucet } from "@/lib/platform/devnet-proxy";
import { plain } from "@/lib/platform/endpoint";

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = plain("devnet/faucet", { POST: (request) => proxyFaucet(request) });
