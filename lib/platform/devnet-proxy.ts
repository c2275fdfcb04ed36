import "server-only";
import { z } from "zod";
import { AppError, errorCodes } from "@/lib/kernel/errors";
import { readDeployment } from "@/lib/platform/deployment";
import { env } from "@/lib/platform/env";
import { readJsonBody } from "@/lib/platform/http";
import { fetchUpstream, passOn, type Upstream } from "@/lib/platform/upstream";

const devnet: Upstream = { name: "The local network", unreachable: "engine.unavailable", hint: "Start it with npm start.", timeoutMs: 5_000 };
/** The faucet waits for its transactions. */
const faucet: Upstream = { ...devnet, timeoutMs: 30_000 };

/** The local network's own refusals. */
const refusalSchema = z.object({ code: z.enum(errorCodes).catch("engine.unavailable"), message: z.string() });

const faucetSchema = z.object({ address: z.string().regex(/^0x[0-9a-fA-F]{40}$/, "must be an address") });

async function devnetAddress(path: string): Promise<string> {
  if (env().NETWORK !== "local") throw new AppError("request.not-found", "There is no local network here.");
  const { devnetUrl } = await readDeployment();
  if (devnetUrl === null) throw new AppError("request.not-found", "There is no local network here.");
  return `${devnetUrl.replace(/\/$/, "")}/devnet/${path}`;
}

/** The answer, or its refusal in this site's form. */
async function settle(response: Response): Promise<Response> {
  if (response.ok) return passOn(response);
  const refusal = refusalSchema.safeParse(await response.json().catch(() => undefined));
  if (refusal.success) throw new AppError(refusal.data.code, refusal.data.message);
  throw new AppError("engine.unavailable", `The local network answers HTTP ${response.status}. Start it anew with npm start.`);
}

/** What the local network is doing. Throws `request.not-found` on public networks, `engine.unavailable` when it is down. */
export async function proxyDevnetRead(path: "status" | "progress"): Promise<Response> {
  return settle(await fetchUpstream(devnet, await devnetAddress(path)));
}

/** Test money for an address, on the local network only. */
export async function proxyFaucet(request: Request): Promise<Response> {
  const url = await devnetAddress("faucet");
  const body = await readJsonBody(request, faucetSchema, { bytesMax: 1024 });
  return settle(await fetchUpstream(faucet, url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  }));
}
