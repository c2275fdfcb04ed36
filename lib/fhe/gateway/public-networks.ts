import "server-only";
import { MainnetConfig, SepoliaConfig } from "@zama-fhe/relayer-sdk/node";

/** Zama's part of a public network. */
export type PublicNetwork = {
  name: string;
  chainId: number;
  gatewayChainId: number;
  /** Base of the relayer's API, version 2. */
  relayerUrl: string;
  addresses: { acl: string; executor: string; kmsVerifier: string; inputVerifier: string; decryption: string; inputVerification: string };
  /** Blocks before an opening: a reorganised release would be a second noising of the same counts. */
  confirmations: number;
  needsApiKey: boolean;
  /** Whether a development node and the test token may stand in: never, but in tests. */
  allowsStandIns: boolean;
};

/** Where the executor is: @fhevm/solidity 0.11.1, config/ZamaConfig.sol, which the contracts are compiled with. */
const executors = { sepolia: "0x92C920834Ec8941d2C77D188936E1f7A6f49c127", mainnet: "0xD82385dADa1ae3E969447f20A3164F6213100e75" } as const;

/** Two epochs of Ethereum and a reserve: Zama's advice for what must not be published twice. */
const finalBlocks = 95;

type Config = Omit<typeof SepoliaConfig, "relayerUrl"> & { relayerUrl?: string };

function describe(name: keyof typeof executors, config: Config, needsApiKey: boolean): PublicNetwork {
  return {
    name,
    chainId: Number(config.chainId),
    gatewayChainId: Number(config.gatewayChainId),
    relayerUrl: `${String(config.relayerUrl)}/v2`,
    addresses: {
      acl: config.aclContractAddress,
      executor: executors[name],
      kmsVerifier: config.kmsContractAddress,
      inputVerifier: config.inputVerifierContractAddress,
      decryption: config.verifyingContractAddressDecryption,
      inputVerification: config.verifyingContractAddressInputVerification,
    },
    confirmations: finalBlocks,
    needsApiKey,
    allowsStandIns: false,
  };
}

/** The networks that Zama runs, as its relayer SDK describes them. */
export const publicNetworks = {
  sepolia: describe("sepolia", SepoliaConfig, false),
  mainnet: describe("mainnet", MainnetConfig, true),
} as const satisfies Record<string, PublicNetwork>;
