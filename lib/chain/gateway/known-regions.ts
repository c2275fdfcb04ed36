import { isAppError } from "@/lib/kernel/errors";
import { getRegion } from "@/lib/chain/gateway/histogram";
import type { Chain } from "@/lib/chain/gateway/provider";
import type { Region } from "@/lib/geo/model/region";

/** The chain's regions by number, asked once each: parameters never change. */
export class KnownRegions {
  readonly #chain: Chain;
  readonly #known = new Map<number, Region>();

  constructor(chain: Chain) {
    this.#chain = chain;
  }

  /** The region, or null when the chain has none of this number (yet). Throws `chain.unreachable`. */
  async find(id: number): Promise<Region | null> {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    try {
      const region = await getRegion(this.#chain, id);
      this.#known.set(id, region);
      return region;
    } catch (error) {
      if (isAppError(error, "region.unknown")) return null;
      throw error;
    }
  }
}
