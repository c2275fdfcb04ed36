/** What is needed to talk to one chain. A `Deployment` of lib/platform is one. */
export type ChainNetwork = {
  chainId: number;
  /** Address of the JSON-RPC service; in a browser the site's own proxy. */
  rpcUrl: string;
  /** Block before which no event of the product can exist. */
  deployBlock: number;
  addresses: {
    acl: string;
    histogram: string;
    marketplace: string;
    token: string;
  };
};

/** The chain of the local devnet. Curator shortcuts, the faucet and the demo profile exist on it only. */
export const localChainId = 31_337;
