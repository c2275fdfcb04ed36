import { route } from "@/lib/platform/http";
import { proxyRelayer } from "@/lib/platform/relayer-proxy";

const handle = route<{ path: string[] }>(({ request, params }) => proxyRelayer(request, params.path.join("/")));

export { handle as GET, handle as POST };
