import { AbiCoder, keccak256 } from "ethers";
import type { Hex } from "@/lib/kernel/hex";
import { parseHex } from "@/lib/chain/model/parse-hex";

/**
 * The id of an order, made from the business fact and nothing else: whoever asks twice for the same releases for the same
 * reader gets the same order, which the marketplace lets be paid once. `turn` counts orders that have come to an end
 * (refunded, or their reading period is over), so that the same may be bought again.
 */
export function orderIdOf(order: { chainId: number; marketplace: string; buyer: string; reader: string; releasesHash: Hex; turn: number }): Hex {
  const { chainId, marketplace, buyer, reader, releasesHash, turn } = order;
  const types = ["uint256", "address", "address", "address", "bytes32", "uint256"];
  return parseHex(keccak256(AbiCoder.defaultAbiCoder().encode(types, [chainId, marketplace, buyer, reader, releasesHash, turn])), 32);
}
