import type { TypedDataDomain, TypedDataField } from "ethers";
import { CHAIN_ID, GATEWAY_ADDRESSES, GATEWAY_CHAIN_ID } from "@/local/devnet/constants";

/** EIP-712 types of one kind of signature. */
export type TypedDataTypes = Record<string, TypedDataField[]>;

const fields = (text: string): TypedDataField[] =>
  text.split(", ").map((field) => {
    const [type = "", name = ""] = field.split(" ");
    return { type, name };
  });

/** The coprocessor attests inputs under this domain. Source: InputVerifier.sol of @fhevm/host-contracts 0.10.0. */
export const inputDomain: TypedDataDomain = {
  name: "InputVerification",
  version: "1",
  chainId: GATEWAY_CHAIN_ID,
  verifyingContract: GATEWAY_ADDRESSES.inputVerification,
};

export const inputTypes: TypedDataTypes = {
  CiphertextVerification: fields("bytes32[] ctHandles, address userAddress, address contractAddress, uint256 contractChainId, bytes extraData"),
};

/** The key manager signs its answers under this domain. Source: KMSVerifier.sol of @fhevm/host-contracts 0.10.0. */
export const decryptionDomain: TypedDataDomain = {
  name: "Decryption",
  version: "1",
  chainId: GATEWAY_CHAIN_ID,
  verifyingContract: GATEWAY_ADDRESSES.decryption,
};

export const publicDecryptionTypes: TypedDataTypes = {
  PublicDecryptVerification: fields("bytes32[] ctHandles, bytes decryptedResult, bytes extraData"),
};

/** Ties an answer to the request's key, handles and user. Source: kms 0.12.8, core/service. */
export const linkTypes: TypedDataTypes = {
  UserDecryptionLinker: fields("bytes publicKey, bytes32[] handles, address userAddress"),
};

export const userResponseTypes: TypedDataTypes = {
  UserDecryptResponseVerification: fields("bytes publicKey, bytes32[] ctHandles, bytes userDecryptedShare, bytes extraData"),
};

/** Readers sign their requests under this domain: it names the host chain, not the gateway's. Source: relayer-sdk 0.4.3. */
export const requestDomain: TypedDataDomain = { ...decryptionDomain, chainId: CHAIN_ID };

export const userRequestTypes: TypedDataTypes = {
  UserDecryptRequestVerification: fields("bytes publicKey, address[] contractAddresses, uint256 startTimestamp, uint256 durationDays, bytes extraData"),
};

export const delegatedRequestTypes: TypedDataTypes = {
  DelegatedUserDecryptRequestVerification: fields(
    "bytes publicKey, address[] contractAddresses, address delegatorAddress, uint256 startTimestamp, uint256 durationDays, bytes extraData",
  ),
};
