import {
  JsonRpcApiProvider,
  Network,
  type JsonRpcError,
  type JsonRpcPayload,
  type JsonRpcResult,
} from "ethers";
import { AppError } from "@/lib/kernel/errors";
import { callRpc, type RpcOptions } from "@/lib/chain/gateway/rpc";
import type { ChainNetwork } from "@/lib/chain/model/network";

/** A connection to one chain, and where the product's contracts are on it. */
export type Chain = { readonly network: ChainNetwork; readonly provider: ChainProvider };

/** ethers' provider over a transport with timeouts and retries. Works in Node and in browsers. */
export class ChainProvider extends JsonRpcApiProvider {
  readonly #url: string;
  readonly #options: RpcOptions;

  constructor(network: Pick<ChainNetwork, "chainId" | "rpcUrl">, options: RpcOptions = {}) {
    const known = Network.from(network.chainId);
    super(known, { staticNetwork: known, batchMaxCount: 1, cacheTimeout: -1 });
    this.#url = network.rpcUrl;
    this.#options = options;
    this._start();
  }

  override async _send(payload: JsonRpcPayload | JsonRpcPayload[]): Promise<(JsonRpcResult | JsonRpcError)[]> {
    const payloads = Array.isArray(payload) ? payload : [payload];
    return Promise.all(payloads.map((single) => this.#sendOne(single)));
  }

  async #sendOne({ id, method, params }: JsonRpcPayload): Promise<JsonRpcResult | JsonRpcError> {
    const answer = await callRpc(this.#url, { method, params }, this.#options);
    return answer.error === undefined ? { id, result: answer.result } : { id, error: answer.error };
  }
}

/** Opens a connection; nothing is sent yet. */
export function connectChain(network: ChainNetwork, options: RpcOptions = {}): Chain {
  return { network, provider: new ChainProvider(network, options) };
}

/**
 * Makes sure that the service serves the chain that the deployment is on, and that the contracts are there.
 * Throws `chain.wrong-network` or `chain.unreachable`.
 */
export async function assertChain(chain: Chain): Promise<void> {
  const actual = Number(await chain.provider.send("eth_chainId", []));
  const { chainId, rpcUrl, addresses } = chain.network;
  if (actual !== chainId) {
    throw new AppError("chain.wrong-network", `${rpcUrl} is chain ${actual}, but the deployment is on chain ${chainId}. Check RPC_URL.`);
  }
  if ((await chain.provider.getCode(addresses.histogram)) === "0x") {
    throw new AppError("chain.wrong-network", `There is no histogram contract at ${addresses.histogram} on chain ${chainId}. Check the deployment.`);
  }
}

/** The latest block's number and unix time: the clock by which epochs open and close. */
export async function readChainClock(chain: Chain): Promise<{ block: number; time: number }> {
  const block = await chain.provider.getBlock("latest");
  if (block === null) throw new AppError("chain.unreachable", `${chain.network.rpcUrl} has no latest block.`);
  return { block: block.number, time: block.timestamp };
}
