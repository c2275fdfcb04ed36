import "server-only";
import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import { readDeployment } from "@/lib/platform/deployment";
import { env } from "@/lib/platform/env";
import { readBody } from "@/lib/platform/http";
import { fetchUpstream, passOn, type Upstream } from "@/lib/platform/upstream";

const relayer: Upstream = { name: "The relayer", unreachable: "relayer.unreachable", hint: "Try again in a moment.", timeoutMs: 20_000 };
/** Public parameters are megabytes. */
const keyHost: Upstream = { ...relayer, name: "The host of the public keys", timeoutMs: 60_000 };

const operation = /^(?:input-proof|user-decrypt|delegated-user-decrypt|public-decrypt)(?:\/[A-Za-z0-9-]{1,64})?$/;
const keyPath = /^keys\/[A-Za-z0-9_.-]{1,128}$/;
/** A proof of 2,048 bits is 47 kB as JSON. */
const bodyBytesMax = 256 * 1024;
const forwarded = ["content-type", "zama-sdk-name", "zama-sdk-version"];

const keyFile = z.object({ dataId: z.string(), urls: z.array(z.string()).min(1) });
const keyUrlSchema = z.object({
  response: z.object({
    fheKeyInfo: z.array(z.object({ fhePublicKey: keyFile }).loose()).min(1),
    crs: z.record(z.string(), keyFile),
  }).loose(),
}).loose();

type KeyUrl = z.infer<typeof keyUrlSchema>;

function requestHeaders(request: Request): Headers {
  const headers = new Headers();
  for (const name of forwarded) {
    const value = request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  const { RELAYER_API_KEY } = env();
  if (RELAYER_API_KEY !== undefined) headers.set("x-api-key", RELAYER_API_KEY);
  return headers;
}

async function readKeyUrl(base: string, headers: Headers): Promise<KeyUrl> {
  const response = await fetchUpstream(relayer, `${base}/keyurl`, { headers });
  const parsed = keyUrlSchema.safeParse(await response.json().catch(() => undefined));
  if (response.ok && parsed.success) return parsed.data;
  throw new AppError("relayer.refused", `The relayer does not say where its public keys are (HTTP ${response.status}).`);
}

/** The same answer with every key at an address of ours, so that a browser never leaves the site. */
function atOurOrigin(answer: KeyUrl): KeyUrl {
  const moved = (file: z.infer<typeof keyFile>) => ({ ...file, urls: [`/api/relayer/keys/${encodeURIComponent(file.dataId)}`] });
  const { fheKeyInfo, crs } = answer.response;
  return {
    ...answer,
    response: {
      ...answer.response,
      fheKeyInfo: fheKeyInfo.map((info) => ({ ...info, fhePublicKey: moved(info.fhePublicKey) })),
      crs: Object.fromEntries(Object.entries(crs).map(([bits, file]) => [bits, moved(file)])),
    },
  };
}

async function fetchKey(answer: KeyUrl, dataId: string): Promise<Response> {
  const { fheKeyInfo, crs } = answer.response;
  const file = [...fheKeyInfo.map((info) => info.fhePublicKey), ...Object.values(crs)].find((candidate) => candidate.dataId === dataId);
  const [url] = file?.urls ?? [];
  if (url === undefined) throw new AppError("request.not-found", "The relayer has no such key. Reload the page: its keys may have changed.");
  const response = passOn(await fetchUpstream(keyHost, url));
  if (response.ok) response.headers.set("cache-control", "public, max-age=3600");
  return response;
}

/**
 * Passes one request of the encryption library on to the relayer, with the API key that browsers must not have.
 * Only the library's own paths are let through. Throws `request.not-found`, `request.method`, `request.too-large`, `relayer.*`.
 */
export async function proxyRelayer(request: Request, path: string): Promise<Response> {
  const base = (await readDeployment()).relayerUrl.replace(/\/$/, "");
  const headers = requestHeaders(request);
  const { method } = request;
  if (method === "GET" && path === "keyurl") return Response.json(atOurOrigin(await readKeyUrl(base, headers)));
  if (method === "GET" && keyPath.test(path)) return fetchKey(await readKeyUrl(base, headers), path.slice("keys/".length));
  if (!operation.test(path)) throw new AppError("request.not-found", "The relayer has nothing at this address.");
  if (method !== "POST" && method !== "GET") throw new AppError("request.method", "Use GET or POST.");
  const body = method === "POST" ? await readBody(request, bodyBytesMax) : undefined;
  return passOn(await fetchUpstream(relayer, `${base}/${path}`, { method, headers, body }));
}
