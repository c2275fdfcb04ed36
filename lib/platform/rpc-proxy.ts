import "server-only";
import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import { readDeployment } from "@/lib/platform/deployment";
import { readJsonBody } from "@/lib/platform/http";
import { fetchUpstream, passOn, type Upstream } from "@/lib/platform/upstream";

/** Reads, and the one write that carries its own signature. Nothing that unlocks, mines or changes the chain by command. */
export const allowedMethods = [
  "eth_blockNumber",
  "eth_call",
  "eth_chainId",
  "eth_estimateGas",
  "eth_feeHistory",
  "eth_gasPrice",
  "eth_getBalance",
  "eth_getBlockByHash",
  "eth_getBlockByNumber",
  "eth_getCode",
  "eth_getLogs",
  "eth_getTransactionByHash",
  "eth_getTransactionCount",
  "eth_getTransactionReceipt",
  "eth_maxPriorityFeePerGas",
  "eth_sendRawTransaction",
  "net_version",
] as const;

const chain: Upstream = { name: "The chain", unreachable: "chain.unreachable", hint: "Try again in a moment.", timeoutMs: 20_000 };
/** A purchase of 2,000 releases is 64 kB of calldata, twice that as hexadecimal. */
const bodyBytesMax = 512 * 1024;
const batchMax = 100;

const callSchema = z.object({
  jsonrpc: z.literal("2.0"),
  id: z.union([z.number(), z.string(), z.null()]).optional(),
  method: z.string(),
  params: z.unknown().optional(),
});
const requestSchema = z.union([callSchema, z.array(callSchema).min(1).max(batchMax)]);

const allowed = new Set<string>(allowedMethods);

/** Passes JSON-RPC calls on to the chain. Throws `request.method` for a method that is not on the list, `chain.unreachable`. */
export async function proxyRpc(request: Request): Promise<Response> {
  const calls = await readJsonBody(request, requestSchema, { bytesMax: bodyBytesMax });
  const refused = [calls].flat().find(({ method }) => !allowed.has(method));
  if (refused !== undefined) throw new AppError("request.method", `The method ${refused.method.slice(0, 64)} is not available here.`);
  const { rpcUrl } = await readDeployment();
  return passOn(await fetchUpstream(chain, rpcUrl, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(calls),
  }));
}
