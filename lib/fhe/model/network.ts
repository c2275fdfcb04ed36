/** What is needed to encrypt for, and decrypt from, one fhEVM network. A `Deployment` of lib/platform is one. */
export type FheNetwork = {
  chainId: number;
  gatewayChainId: number;
  /** JSON-RPC service of the host chain; in a browser the site's own proxy. */
  rpcUrl: string;
  /** Base of the relayer's API, version 2: `${relayerUrl}/keyurl` must exist. In a browser the site's own proxy. */
  relayerUrl: string;
  addresses: {
    acl: string;
    kmsVerifier: string;
    inputVerifier: string;
    decryption: string;
    inputVerification: string;
  };
};
