import type { Hex } from "@/lib/kernel/hex";
import type { FheNetwork } from "@/lib/fhe/model/network";

type Field = { name: string; type: string };

const attestationFields: Field[] = [
  { name: "ctHandles", type: "bytes32[]" },
  { name: "userAddress", type: "address" },
  { name: "contractAddress", type: "address" },
  { name: "contractChainId", type: "uint256" },
  { name: "extraData", type: "bytes" },
];

/** What a coprocessor signs for a checked input (`CiphertextVerification`); the domain's chain is the gateway's. */
export function attestationTypedData(
  network: Pick<FheNetwork, "chainId" | "gatewayChainId" | "addresses">,
  input: { handles: readonly Hex[]; contractAddress: string; userAddress: string },
): { domain: { name: string; version: string; chainId: number; verifyingContract: string }; types: Record<string, Field[]>; message: Record<string, unknown> } {
  return {
    domain: { name: "InputVerification", version: "1", chainId: network.gatewayChainId, verifyingContract: network.addresses.inputVerification },
    types: { CiphertextVerification: attestationFields },
    message: { ctHandles: [...input.handles], userAddress: input.userAddress, contractAddress: input.contractAddress, contractChainId: network.chainId, extraData: "0x00" },
  };
}
