import { Wallet, type TypedDataDomain } from "ethers";
import type { Hex } from "@/lib/kernel/hex";
import type { Deployment } from "@/lib/platform/deployment";

/** A devnet as the relayer SDK is told of it. */
export function sdkConfig({ addresses, chainId, gatewayChainId, rpcUrl, relayerUrl }: Deployment): {
  aclContractAddress: string;
  kmsContractAddress: string;
  inputVerifierContractAddress: string;
  verifyingContractAddressDecryption: string;
  verifyingContractAddressInputVerification: string;
  chainId: number;
  gatewayChainId: number;
  network: string;
  relayerUrl: string;
} {
  return {
    aclContractAddress: addresses.acl,
    kmsContractAddress: addresses.kmsVerifier,
    inputVerifierContractAddress: addresses.inputVerifier,
    verifyingContractAddressDecryption: addresses.decryption,
    verifyingContractAddressInputVerification: addresses.inputVerification,
    chainId,
    gatewayChainId,
    network: rpcUrl,
    relayerUrl,
  };
}

type Fields = readonly { readonly name: string; readonly type: string }[];
type TypedData = { domain: TypedDataDomain; types: object; message: object };
type Pair = { handle: string; contractAddress: string };
type Values = Readonly<Record<string, unknown>>;

/** What reading takes of the relayer SDK. */
export type ReadingSdk = {
  generateKeypair(): { publicKey: string; privateKey: string };
  createEIP712(publicKey: string, contracts: string[], start: number, days: number): TypedData;
  createDelegatedUserDecryptEIP712(publicKey: string, contracts: string[], delegator: string, start: number, days: number): TypedData;
  userDecrypt(pairs: Pair[], privateKey: string, publicKey: string, signature: string, contracts: string[], user: string, start: number, days: number): Promise<Values>;
  delegatedUserDecrypt(
    pairs: Pair[], privateKey: string, publicKey: string, signature: string, contracts: string[], delegator: string, delegate: string, start: number, days: number,
  ): Promise<Values>;
};

export type Reading = {
  handles: readonly Hex[];
  /** Every handle is asked of the first one. */
  contracts: readonly string[];
  privateKey: string;
  /** Reads on behalf of this address. */
  delegator?: string;
  start?: number;
  days?: number;
  /** What is signed instead of the start that is sent: a reader who mixes up her permits. */
  signedStart?: number;
};

function withoutDomain(types: object): Record<string, { name: string; type: string }[]> {
  const entries = Object.entries(types).filter(([name]) => name !== "EIP712Domain");
  return Object.fromEntries(entries.map(([name, fields]: [string, Fields]) => [name, fields.map((field) => ({ ...field }))]));
}

type SignedReading = { keys: { publicKey: string; privateKey: string }; signature: string; start: number; days: number; reader: string; pairs: Pair[] };

/** Signs a request as a wallet would. */
async function sign(sdk: ReadingSdk, { handles, contracts, privateKey, delegator, days = 1, ...times }: Reading): Promise<SignedReading> {
  const start = times.start ?? Math.floor(Date.now() / 1000) - 60;
  const signedStart = times.signedStart ?? start;
  const wallet = new Wallet(privateKey);
  const keys = sdk.generateKeypair();
  const { domain, types, message } =
    delegator === undefined
      ? sdk.createEIP712(keys.publicKey, [...contracts], signedStart, days)
      : sdk.createDelegatedUserDecryptEIP712(keys.publicKey, [...contracts], delegator, signedStart, days);
  const signature = (await wallet.signTypedData(domain, withoutDomain(types), { ...message })).slice(2);
  return { keys, signature, start, days, reader: wallet.address, pairs: handles.map((handle) => ({ handle, contractAddress: contracts[0] ?? "" })) };
}

/** Signs a request and decrypts with the SDK. */
export async function read(sdk: ReadingSdk, reading: Reading): Promise<Values> {
  const { keys, signature, start, days, reader, pairs } = await sign(sdk, reading);
  const { contracts, delegator } = reading;
  return delegator === undefined
    ? sdk.userDecrypt(pairs, keys.privateKey, keys.publicKey, signature, [...contracts], reader, start, days)
    : sdk.delegatedUserDecrypt(pairs, keys.privateKey, keys.publicKey, signature, [...contracts], delegator, reader, start, days);
}

/** The same request as a body for the relayer: for what the SDK would not even send. */
export async function readingBody(sdk: ReadingSdk, reading: Reading): Promise<Record<string, unknown>> {
  const { keys, signature, start, days, reader, pairs } = await sign(sdk, reading);
  const common = { handleContractPairs: pairs, contractsChainId: "31337", contractAddresses: reading.contracts, signature, publicKey: keys.publicKey, extraData: "0x00" };
  const window = { startTimestamp: String(start), durationDays: String(days) };
  return reading.delegator === undefined
    ? { ...common, requestValidity: window, userAddress: reader }
    : { ...common, ...window, delegatorAddress: reading.delegator, delegateAddress: reader };
}
