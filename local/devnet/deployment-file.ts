import type { Deployment } from "@/lib/platform/deployment";
import { CHAIN_ID, GATEWAY_ADDRESSES, GATEWAY_CHAIN_ID, HOST_ADDRESSES } from "@/local/devnet/constants";
import type { ProductContracts } from "@/local/devnet/deploy";

/** What everybody else needs to know of a devnet. */
export function describeDeployment({ url, engine, contracts }: { url: string; engine: "tfhe" | "clear"; contracts: ProductContracts }): Deployment {
  const { histogram, marketplace, token, deployBlock } = contracts;
  const { acl, executor, kmsVerifier, inputVerifier } = HOST_ADDRESSES;
  return {
    chainId: CHAIN_ID,
    gatewayChainId: GATEWAY_CHAIN_ID,
    rpcUrl: `${url}/rpc`,
    relayerUrl: `${url}/v2`,
    devnetUrl: url,
    engine,
    addresses: { acl, executor, kmsVerifier, inputVerifier, ...GATEWAY_ADDRESSES, histogram, marketplace, token },
    deployBlock,
  };
}
