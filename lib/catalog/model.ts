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
