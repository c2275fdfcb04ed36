/** One position fix of one vehicle, as read from a file. Never logged, never part of an error. */
export type TrackPoint = {
  /** The file's own vehicle or trip id, or the file's name when it has none. */
  readonly vehicle: string;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly timeMs: number;
  /** Degrees north, WGS84. */
  readonly latitude: number;
  /** Degrees east, WGS84. */
  readonly longitude: number;
};

/** A position without a time, degrees WGS84. */
export type Position = {
  readonly latitude: number;
  readonly longitude: number;
};
