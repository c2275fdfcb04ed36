import { plain, type Handle } from "@/lib/platform/endpoint";
import { proxyRelayer } from "@/lib/platform/relayer-proxy";

const pass: Handle = async (request, context) => proxyRelayer(request, [(await context.params)["path"]].flat().join("/"));

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = plain("relayer", { GET: pass, POST: pass });
