/** The only chain that the devnet plays. Everything in `local/` refuses any other. */
export const CHAIN_ID = 31_337;

/** Chain id that the coprocessor's and the key manager's signatures name. */
export const GATEWAY_CHAIN_ID = 10_901;

/**
 * Contracts of the gateway chain. They are names in EIP-712 domains; nothing has to stand there.
 * Source: @fhevm/hardhat-plugin 0.4.2, internal/constants.
 */
export const GATEWAY_ADDRESSES = {
  decryption: "0x5ffdaAB0373E62E2ea2944776209aEf29E631A64",
  inputVerification: "0x812b06e1CDCE800494b79fFE4f925A504a9A9810",
} as const;

/**
 * Where the host contracts stand: the addresses that `ZamaConfig` of @fhevm/solidity expects on chain 31337,
 * which are baked into the bytecode of @fhevm/host-contracts 0.10.0.
 */
export const HOST_ADDRESSES = {
  acl: "0x50157CFfD6bBFA2DECe204a89ec419c23ef5755D",
  executor: "0xe3a9105a3a932253A70F126eb1E3b589C643dD24",
  kmsVerifier: "0x901F8942346f7AB3a01F6D7613119Bca447Bb030",
  inputVerifier: "0x36772142b74871f255CbD7A3e89B401d3e45825f",
  hcuLimit: "0x233ff88A48c172d29F675403e6A8e302b0F032D9",
  pauserSet: "0x34e3eD8472e409dbF8FDf933cA996DC75e4Be126",
} as const;

/** Gas of one transaction at most: EIP-7825, as on Ethereum since Osaka. */
export const TRANSACTION_GAS_MAX = 16_777_216;

/** Gas of one block. */
export const BLOCK_GAS_MAX = 60_000_000;
