/** Names of `ReleaseState` of `ITrafficHistogram`, in the order of its enum. */
export const releaseStates = ["collecting", "sealed", "noised", "published", "void"] as const;

/** Life of one tile in one epoch. "collecting" also covers epochs that have not begun. */
export type ReleaseState = (typeof releaseStates)[number];

/** Public facts about one tile in one epoch. */
export type TileStatus = {
  state: ReleaseState;
  /** Accepted contributions. */
  tickets: number;
  /** Sum of the contributions' declared vehicles. */
  vehicles: number;
  /** Sum over all words of 2^level; at most 4,032. */
  weight: number;
  /** Block of the publication; 0 before. */
  publishedBlock: number;
  /** The address through which the release is read; null before publication. */
  vault: string | null;
};
