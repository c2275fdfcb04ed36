/** A region in a list: what it is, what is new in it, what is going on. */
export type RegionCard = {
  slug: string;
  name: string;
  /** Its vehicles are simulated. */
  isSimulated: boolean;
  /** It takes no contributions: its releases are made by the demonstration. */
  importOnly: boolean;
  tiles: number;
  centre: readonly [longitude: number, latitude: number];
  epochSeconds: number;
  /** The newest epoch with published tiles. Unix seconds. */
  latestPublished: { epoch: number; start: number; tiles: number } | null;
  openEpoch: { start: number; end: number } | null;
  /** Contributions accepted for epochs that began since midnight UTC. */
  contributionsToday: number;
};
