import { request as sendRequest, type Agent } from "node:http";
import type { Uniform } from "@/lib/privacy/model/seeded-random";
import type { ContributionRequest } from "@/lib/ingest/schema";

export type HostileRequest = { method: string; path: string; headers: Record<string, string>; body: string | Buffer | null };

export type Answer = { status: number; type: string; text: string };

/** Sends exactly what it is given: no address is tidied up on the way. */
export function send(site: URL, agent: Agent, { method, path, headers, body }: HostileRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = body === null ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const request = sendRequest({ host: site.hostname, port: site.port, agent, method, path, headers: { ...headers, ...length }, timeout: 30_000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", reject);
      response.once("end", () => resolve({ status: response.statusCode ?? 0, type: response.headers["content-type"] ?? "", text: Buffer.concat(chunks).toString("utf8") }));
    });
    request.once("timeout", () => request.destroy(new Error("no answer within 30 s")));
    request.once("error", reject);
    request.end(body ?? undefined);
  });
}

export type Target = {
  random: Uniform;
  /** Contributions that are good in everything. */
  signed: readonly ContributionRequest[];
  /** Contributions that are well formed and signed, but for another region, address or contract. */
  foreign: readonly ContributionRequest[];
};

const posts = ["/api/v1/devices", "/api/v1/tickets", "/api/v1/contributions", "/api/v1/quotes"];
const reads = ["/api/v1/regions", "/api/v1/regions/loop-pilot", "/api/v1/regions/loop-pilot/epochs", "/api/v1/regions/loop-pilot/releases", "/api/v1/releases/1", "/api/v1/purchases", "/api/v1/contributions/1", "/api/v1/openapi.json", "/api/health", "/api/metrics", "/api/devnet/status", "/api/devnet/progress"];
const others = ["/api/rpc", "/api/devnet/faucet", "/api/relayer/v2/keyurl", "/api/relayer/v2/input-proof", "/api/relayer/v2/user-decrypt", "/api/nowhere", "/api", "/", "/regions/loop-pilot", "/regions", "/privacy", "/status", "/docs/api"];
const json = { "content-type": "application/json" };
const strange = ["", "null", "0", "-1", "1e309", "NaN", "true", "\"", "'", "<script>alert(1)</script>", "' OR 1=1 --", "../../etc/passwd", "%00", "\u202e", "💥", "a".repeat(3_000), "{{7*7}}", "${7*7}", "__proto__", "constructor", "9".repeat(400), "0x", "\\u0000", "%2e%2e%2f"];
const values: readonly unknown[] = [null, true, -1, 0, 1.5, 2 ** 53, 1e308, "", "0x", "0xzz", "\u0000", "💥", "a".repeat(5_000), [], {}, [[]], { $ne: null }, [null], "__proto__", -(2 ** 31) - 1];
const broken = ["", "{", "}", "[", "nul", "{\"a\":}", "{\"a\":1,}", "{'a':1}", "\ufeff{}", "\u0000", "[".repeat(20_000), "{\"a\":".repeat(5_000), "undefined", "\"text", "<xml/>", "a=1&b=2"];
const types = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", "application/json; charset=utf-16", "", "application/json/x", "*/*"];
const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"];

const pick = <Item>(random: Uniform, items: readonly Item[]): Item => {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new RangeError("nothing to pick from");
  return item;
};

const encode = (text: string): string => encodeURIComponent(text.toWellFormed());

/** A good contribution with one field taken away, made something else, or added. */
function spoil(random: Uniform, item: ContributionRequest): Record<string, unknown> {
  const fields: Record<string, unknown> = { ...item };
  const name = pick(random, Object.keys(fields));
  const choice = random();
  if (choice < 0.25) Reflect.deleteProperty(fields, name);
  else if (choice < 0.4) fields[`${name}2`] = pick(random, values);
  else if (choice < 0.5 && typeof fields[name] === "string") fields[name] = `${fields[name].slice(0, -1)}g`;
  else fields[name] = pick(random, name === "levels" ? values.filter((value) => !Array.isArray(value) || value.length > 0) : values);
  // A value that happens to be the right one would be no attack.
  if (JSON.stringify(fields[name]) === JSON.stringify(Object.entries(item).find(([known]) => known === name)?.[1])) fields["extra"] = 1;
  return fields;
}

const makers: readonly ((target: Target) => HostileRequest)[] = [
  ({ random }) => ({ method: "POST", path: pick(random, [...posts, "/api/rpc", "/api/devnet/faucet"]), headers: json, body: pick(random, broken) }),
  ({ random }) => ({ method: "POST", path: pick(random, posts), headers: json, body: JSON.stringify(pick(random, [...values, { [pick(random, strange)]: pick(random, values) }]), null, 1).concat(random() < 0.1 ? "}" : "").replace(/^\{\}$/, "[0]") }),
  ({ random, signed }) => ({ method: "POST", path: "/api/v1/contributions", headers: json, body: JSON.stringify(spoil(random, pick(random, signed))) }),
  ({ random, foreign }) => ({ method: "POST", path: "/api/v1/contributions", headers: json, body: JSON.stringify(pick(random, foreign)) }),
  ({ random, signed }) => ({ method: "POST", path: pick(random, posts), headers: { "content-type": pick(random, types) }, body: JSON.stringify(pick(random, signed)) }),
  ({ random, signed }) => ({ method: "POST", path: pick(random, posts), headers: { ...json, origin: pick(random, ["https://evil.example", "null", "http://localhost.evil", "file://"]) }, body: JSON.stringify(pick(random, signed)) }),
  ({ random }) => ({ method: "POST", path: "/api/v1/tickets", headers: { ...json, authorization: pick(random, ["", "Bearer", "Bearer ptd_x", `Bearer ptd_${"A".repeat(43)}`, "Basic dGVzdDp0ZXN0", `Bearer ${"x".repeat(2_000)}`]) }, body: JSON.stringify({ oneTimeAddress: `0x${"1".repeat(40)}`, regionId: 2, epoch: 0, maxLevel: 0, vehicles: 1 }) }),
  ({ random }) => ({ method: "GET", path: `${pick(random, reads)}?${encode(pick(random, strange))}=${encode(pick(random, strange))}`, headers: {}, body: null }),
  ({ random }) => ({ method: "GET", path: `/api/v1/regions/${encode(pick(random, strange))}${pick(random, ["", "/epochs", "/releases", "/x"])}`, headers: {}, body: null }),
  ({ random }) => ({ method: "GET", path: `/api/v1/${pick(random, ["releases", "contributions"])}/${encode(pick(random, strange))}`, headers: {}, body: null }),
  ({ random }) => ({ method: "GET", path: `/api/v1/${pick(random, ["purchases?buyer=", "purchases?cursor=", "regions/wide/epochs?limit=", "regions/wide/epochs?before=", "regions/wide/releases?cursor=", "regions/wide/releases?tile="])}${encode(pick(random, strange))}`, headers: {}, body: null }),
  ({ random }) => ({ method: pick(random, methods.slice(2)), path: pick(random, [...posts, ...reads, "/api/rpc", "/api/relayer/v2/keyurl"]), headers: json, body: "{}" }),
  ({ random }) => ({ method: pick(random, methods), path: `${pick(random, ["/api/%zz", "/api/v1/regions/%", "/api//v1//regions", "/api/v1/../../etc/passwd", "/api/v1/regions/%2e%2e", "/api/v1/./regions", "/%00", "/api/v1/regions/%ff%fe", "/api/v1;x=1/regions", "/_next/../package.json", "/.env"])}`, headers: {}, body: null }),
  ({ random }) => ({ method: "POST", path: "/api/rpc", headers: json, body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: pick(random, ["anvil_setBalance", "evm_mine", "eth_sendTransaction", "eth_accounts", "debug_traceCall", "personal_sign", "__proto__"]), params: [pick(random, values)] }) }),
  ({ random }) => ({ method: pick(random, ["GET", "POST"]), path: `${pick(random, others)}?x=${encode(pick(random, strange))}`, headers: random() < 0.5 ? json : {}, body: null }),
];

/** A huge body goes beside the others now and then: megabytes by the thousand would measure the network only. */
const hugeEvery = 200;

/** The requests of one run; the same for the same seed. */
export function* hostileRequests(target: Target, count: number): Generator<HostileRequest> {
  const huge = JSON.stringify({ ...pick(target.random, target.signed), inputProof: `0x${"ab".repeat(1_000_000)}` });
  for (let index = 0; index < count; index += 1) {
    if (index % hugeEvery === 0) yield { method: "POST", path: pick(target.random, [...posts, "/api/rpc"]), headers: json, body: huge };
    else yield pick(target.random, makers)(target);
  }
}
