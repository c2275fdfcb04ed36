import { Interface, isError } from "ethers";
import type { Chain } from "@/lib/chain/gateway/provider";
import { toAppError } from "@/lib/chain/gateway/revert";
import type { ReleaseKey } from "@/lib/chain/model/release-id";
import { tileToBigInt } from "@/lib/geo/model/tile";
import { AppError } from "@/lib/kernel/errors";
import type { Hex } from "@/lib/kernel/hex";

/** What `DemoTrafficHistogram` has beyond every histogram. */
const abi = new Interface([
  "function isImportOnly(uint32 regionId) view returns (bool)",
  "function makeImportOnly(uint32 regionId)",
  "function importRelease(uint32 regionId, uint64 tile, uint32 epoch, uint16 tickets, uint16 vehicles, bytes32[] handles, bytes[] proofs)",
]);

/** A release as it is imported: planes by handle, and the proofs of the inputs that they are words of. */
export type ImportedRelease = ReleaseKey & {
  readonly tickets: number;
  readonly vehicles: number;
  readonly handles: readonly Hex[];
  /** The first for handles 0 to 7, the next for 8 to 15. */
  readonly proofs: readonly Hex[];
};

/** Whether a region's releases are imported. Throws `config.invalid` when the contract can't do that. */
export async function isImportOnly(chain: Chain, regionId: number): Promise<boolean> {
  const to = chain.network.addresses.histogram;
  try {
    const answer = await chain.provider.call({ to, data: abi.encodeFunctionData("isImportOnly", [regionId]) });
    return abi.decodeFunctionResult("isImportOnly", answer)[0] === true;
  } catch (error) {
    if (!isError(error, "CALL_EXCEPTION") && !isError(error, "BAD_DATA")) throw toAppError(error, { what: "ask whether a region is import-only" });
    throw new AppError("config.invalid", `The histogram at ${to} can't take imports: this local network was made by an earlier version. Run npm run reset, then npm start.`, { cause: error });
  }
}

/** Calldata of `makeImportOnly`. */
export function makeImportOnlyData(regionId: number): string {
  return abi.encodeFunctionData("makeImportOnly", [regionId]);
}

/** Calldata of `importRelease`. */
export function importReleaseData({ regionId, tile, epoch, tickets, vehicles, handles, proofs }: ImportedRelease): string {
  return abi.encodeFunctionData("importRelease", [regionId, tileToBigInt(tile), epoch, tickets, vehicles, handles, proofs]);
}
