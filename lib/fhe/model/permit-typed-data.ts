import type { FheNetwork } from "@/lib/fhe/model/network";

type Field = { name: string; type: string };

const permitFields: Field[] = [
  { name: "publicKey", type: "bytes" },
  { name: "contractAddresses", type: "address[]" },
  { name: "delegatorAddress", type: "address" },
  { name: "startTimestamp", type: "uint256" },
  { name: "durationDays", type: "uint256" },
  { name: "extraData", type: "bytes" },
];

export type PermitRequest = {
  /** ML-KEM public key, hexadecimal without 0x. */
  publicKey: string;
  histogramAddress: string;
  vault: string;
  /** Unix seconds. */
  start: number;
  days: number;
};

/**
 * What a reader signs for a delegated decryption (`DelegatedUserDecryptRequestVerification` of the Decryption contract).
 * The domain's chain is the host chain; extraData is the one byte that relayer SDK 0.4 sends.
 */
export function permitTypedData(
  network: Pick<FheNetwork, "chainId" | "addresses">,
  request: PermitRequest,
): { domain: { name: string; version: string; chainId: number; verifyingContract: string }; types: Record<string, Field[]>; message: Record<string, unknown> } {
  return {
    domain: { name: "Decryption", version: "1", chainId: network.chainId, verifyingContract: network.addresses.decryption },
    types: { DelegatedUserDecryptRequestVerification: permitFields },
    message: {
      publicKey: `0x${request.publicKey}`,
      contractAddresses: [request.histogramAddress],
      delegatorAddress: request.vault,
      startTimestamp: request.start,
      durationDays: request.days,
      extraData: "0x00",
    },
  };
}
