/** A region that the platform knows by name. */
export type KnownRegion = {
  slug: string;
  chainId: number;
  /** The region's number in the histogram contract, from 1. */
  regionId: number;
  name: string;
};
