import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import { isHex } from "@/lib/kernel/hex";
import type { Chain } from "@/local/devnet/chain";
import { RpcError } from "@/local/devnet/json-rpc";
import { SETTLED_DEPTH } from "@/local/devnet/release-drop";

/** What anybody may ask of the chain. None of it changes anything. */
const readMethods = new Set([
  "web3_clientVersion", "net_version", "net_listening", "eth_chainId", "eth_blockNumber", "eth_syncing", "eth_gasPrice",
  "eth_maxPriorityFeePerGas", "eth_feeHistory", "eth_blobBaseFee", "eth_getBalance", "eth_getCode", "eth_getStorageAt", "eth_getTransactionCount",
  "eth_call", "eth_estimateGas", "eth_createAccessList", "eth_getBlockByNumber", "eth_getBlockByHash", "eth_getBlockReceipts",
  "eth_getBlockTransactionCountByNumber", "eth_getBlockTransactionCountByHash", "eth_getTransactionByHash", "eth_getTransactionReceipt",
  "eth_getTransactionByBlockHashAndIndex", "eth_getTransactionByBlockNumberAndIndex", "eth_getProof",
  "eth_getLogs", "eth_newFilter", "eth_newBlockFilter", "eth_getFilterChanges", "eth_getFilterLogs", "eth_uninstallFilter",
]);

const callSchema = z.object({ id: z.union([z.number(), z.string(), z.null()]).optional(), method: z.string(), params: z.array(z.unknown()).optional() });
type Call = z.infer<typeof callSchema>;

const codes = { invalidRequest: -32_600, methodNotFound: -32_601, invalidParams: -32_602, internal: -32_603, unavailable: -32_000 };
const callsOfBatchMax = 1_000;

const hex = z.string().refine(isHex);
const integer = z.union([z.number(), z.string()]).transform(Number).pipe(z.number().int().min(0));

function asParams<Schema extends z.ZodType>(schema: Schema, params: readonly unknown[]): z.output<Schema> {
  const parsed = schema.safeParse(params);
  if (!parsed.success) throw new RpcError(z.prettifyError(parsed.error), codes.invalidParams);
  return parsed.data;
}

/** Time and mining are the chain's own business, so that the journal knows of them; the rest goes to anvil, and is dumped. */
async function control(chain: Chain, method: string, params: readonly unknown[]): Promise<unknown> {
  switch (method) {
    case "evm_mine": {
      const [options] = asParams(z.tuple([z.union([integer, z.object({ timestamp: integer }).transform(({ timestamp }) => timestamp)]).optional()]), params);
      if (options !== undefined) chain.clock.fixNext(options);
      await chain.mine();
      return "0x0";
    }
    case "anvil_mine":
    case "hardhat_mine": {
      const [count = 1] = asParams(z.tuple([integer.optional()]).rest(z.unknown()), params);
      await chain.mine(count);
      return null;
    }
    case "evm_increaseTime": {
      const [seconds] = asParams(z.tuple([integer]), params);
      chain.clock.shift(seconds);
      return `0x${seconds.toString(16)}`;
    }
    case "evm_setNextBlockTimestamp": {
      const [timestamp] = asParams(z.tuple([integer]), params);
      chain.clock.fixNext(timestamp);
      return null;
    }
    case "anvil_reorg":
    case "anvil_rollback": {
      const [depth] = asParams(z.tuple([integer.default(1)]).rest(z.unknown()), params);
      if (depth > SETTLED_DEPTH) throw new RpcError(`What releases deeper than ${SETTLED_DEPTH} blocks were made of may have been dropped: the chain can't be rolled back further.`, codes.invalidParams);
      return chain.alter((node) => node.call(method, params));
    }
    default:
      return chain.alter((node) => node.call(method, params));
  }
}

export type RpcOptions = {
  chain: Chain;
  /** Whether tests may move the chain's time, state and mining. */
  testing: boolean;
};

async function answer({ method, params = [] }: Call, { chain, testing }: RpcOptions): Promise<unknown> {
  if (readMethods.has(method)) return chain.call(method, params);
  if (method === "eth_accounts") return []; // anvil's own account belongs to nobody
  if (method === "eth_sendRawTransaction") return chain.submit(asParams(z.tuple([hex]), params)[0]);
  if (testing && /^(?:anvil|evm|hardhat)_/.test(method)) return control(chain, method, params);
  throw new RpcError(`${method} is not offered: transactions are signed by whoever sends them, and the chain's state is changed by nothing else.`, codes.methodNotFound);
}

function errorOf(error: unknown): { code: number; message: string; data?: unknown } {
  if (error instanceof RpcError) return { code: error.code, message: error.message, ...(error.data === undefined ? {} : { data: error.data }) };
  if (error instanceof AppError) return { code: codes.unavailable, message: error.message };
  return { code: codes.internal, message: "The devnet failed on this call; its log says why." };
}

async function serve(body: unknown, options: RpcOptions): Promise<unknown> {
  const parsed = callSchema.safeParse(body);
  if (!parsed.success) return { jsonrpc: "2.0", id: null, error: { code: codes.invalidRequest, message: "not a JSON-RPC call" } };
  const id = parsed.data.id ?? null;
  try {
    return { jsonrpc: "2.0", id, result: await answer(parsed.data, options) };
  } catch (error) {
    return { jsonrpc: "2.0", id, error: errorOf(error) };
  }
}

/** The chain's JSON-RPC over HTTP, single calls and batches. Transactions of a batch are taken in its order. */
export function registerRpcProxy(server: FastifyInstance, options: () => RpcOptions | undefined): void {
  server.post("/rpc", async (request, reply) => {
    const ready = options();
    if (ready === undefined) return reply.code(503).send({ jsonrpc: "2.0", id: null, error: { code: codes.unavailable, message: "The local chain is being started." } });
    if (!Array.isArray(request.body)) return serve(request.body, ready);
    if (request.body.length === 0 || request.body.length > callsOfBatchMax) return serve(undefined, ready);
    return Promise.all(request.body.map((call: unknown) => serve(call, ready)));
  });
}
