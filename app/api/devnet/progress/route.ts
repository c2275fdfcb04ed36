import { proxyDevnetRead } from "@/lib/platform/devnet-proxy";
import { route } from "@/lib/platform/http";

export const dynamic = "force-dynamic";

export const GET = route(() => proxyDevnetRead("progress"));
