import { AppError } from "@/lib/kernel/errors";
import { histogramAt } from "@/lib/chain/gateway/histogram";
import type { Chain } from "@/lib/chain/gateway/provider";
import type { Signer } from "@/lib/chain/gateway/signer";
import { sendTransaction } from "@/lib/chain/gateway/transaction";
import { encodeRegionParams } from "@/lib/chain/model/region-params";
import type { ReleaseKey } from "@/lib/chain/model/release-id";
import type { Region } from "@/lib/geo/model/region";
import { tileToBigInt } from "@/lib/geo/model/tile";

/** Gas that the noise and the publication of one release may need together (measured 4.0M at standard, more at careful). */
const gasOfRelease = 8_000_000n;

/** Creates a region (curator). Returns its id. Throws `region.exists`, `region.invalid`, `tile.invalid`, `chain.refused`. */
export async function createRegion(chain: Chain, curator: Signer, region: Omit<Region, "id">): Promise<number> {
  const { interface: abi } = histogramAt(chain);
  const receipt = await sendTransaction(chain, curator, {
    what: `create region ${region.slug}`,
    to: chain.network.addresses.histogram,
    data: abi.encodeFunctionData("createRegion", [encodeRegionParams(region)]),
  });
  for (const log of receipt.logs) {
    const event = abi.parseLog(log);
    if (event?.name === "RegionCreated") return Number(event.args.regionId);
  }
  throw new AppError("internal", `Transaction ${receipt.hash} created no region.`);
}

/** Seals one tile of a closed epoch: anyone after the grace; on chain 31337 the curator from the epoch's end on. Throws `epoch.not-due`. */
export async function sealTile(chain: Chain, signer: Signer, { regionId, tile, epoch }: ReleaseKey): Promise<void> {
  await sendTransaction(chain, signer, {
    what: "seal a tile",
    to: chain.network.addresses.histogram,
    data: histogramAt(chain).interface.encodeFunctionData("seal", [regionId, tileToBigInt(tile), epoch]),
  });
}

/** Noises and publishes one sealed tile (anyone), going on where an earlier attempt stopped. */
export async function releaseTile(chain: Chain, signer: Signer, { regionId, tile, epoch }: ReleaseKey): Promise<void> {
  await sendTransaction(chain, signer, {
    what: "release a tile",
    to: chain.network.addresses.histogram,
    data: histogramAt(chain).interface.encodeFunctionData("release", [regionId, tileToBigInt(tile), epoch]),
    gasLeast: gasOfRelease,
  });
}

/** The steps of a tile's life that the worker takes. "step" is one half of a release, for what does not fit a transaction at once. */
export type LifeStep = "seal" | "release" | "step";

/** The call of one step, and the gas to allow it at least. */
export function encodeLifeStep(chain: Chain, step: LifeStep, { regionId, tile, epoch }: ReleaseKey): { data: string; gasLeast: bigint } {
  const { interface: abi } = histogramAt(chain);
  const args: [number, bigint, number] = [regionId, tileToBigInt(tile), epoch];
  if (step === "seal") return { data: abi.encodeFunctionData("seal", args), gasLeast: 0n };
  return { data: step === "release" ? abi.encodeFunctionData("release", args) : abi.encodeFunctionData("releaseStep", args), gasLeast: gasOfRelease };
}
