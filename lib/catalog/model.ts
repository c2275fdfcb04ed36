import type { Region } from "@/lib/geo/model/region";

/** A region that the platform knows by name. */
export type KnownRegion = {
  slug: string;
  chainId: number;
  /** The region's number in the histogram contract, from 1. */
  regionId: number;
  name: string;
  /** Its vehicles are simulated, and every page that shows it says so. */
  isSimulated: boolean;
  /** Its releases are imported; contributions to it are refused. */
  importOnly: boolean;
};

/** A region as the index has it from the chain, with what the platform knows of it. */
export type CatalogRegion = KnownRegion & {
  region: Region;
  /** What is asked for it; null when it was never listed. */
  listing: { token: string; pricePerRelease: bigint; active: boolean } | null;
};
