import type { SpeedEdges } from "@/lib/geo/model/region";

/** Speed classes of a word, 0 (slowest) to 4. */
export const SPEED_CLASSES = 5;

/** km/h of a stretch; standing time counts. Zero when no time passed. */
export function speedKmh(metres: number, seconds: number): number {
  return seconds > 0 ? (metres / seconds) * 3.6 : 0;
}

/** The class 0..4 of a speed: the number of edges that it reaches, so that an edge itself belongs to the class above it. */
export function speedClass(kmh: number, edges: SpeedEdges): number {
  let reached = 0;
  for (const edge of edges) if (kmh >= edge) reached += 1;
  return reached;
}

/**
 * The lower and upper bound of each class, km/h. The fastest class is open; for means and percentiles it is taken to be as wide
 * as the class below it.
 */
export function classBounds(edges: SpeedEdges): readonly (readonly [number, number])[] {
  const [first, second, third, fourth] = edges;
  return [[0, first], [first, second], [second, third], [third, fourth], [fourth, 2 * fourth - third]];
}
