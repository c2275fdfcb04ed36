import { type GridPoint, lonLatToGrid } from "@/local/city/basemap/grid";
import type { StreetEdge, Streets } from "@/local/city/streets";
import { importanceOf } from "@/local/city/streets/road-classes";
import { noiseOf } from "@/local/city/traffic/seeded-random";
import type { TrafficState } from "@/local/city/traffic/time-of-day";

/** State and Madison: where the work places are, and where the streets are fullest. */
export const cityCenter: GridPoint = lonLatToGrid(-87.6278, 41.882);

const CENTER_METRES = 2_500;
const SLOWEST_FACTOR = 2.3;

/** How many times longer an edge takes than on an empty road, 1 to 2.3, at a state of traffic. */
export type Slowdown = (edge: StreetEdge) => number;

/**
 * Load by time of day, nearness to the center, direction against the rush and the street itself; the time that a
 * load costs follows the Bureau of Public Roads' curve (1 + a x^4).
 */
export function slowdownAt(streets: Streets, { level, outboundShare }: TrafficState): Slowdown {
  const known = new Float64Array(streets.edges.length); // 0: not worked out yet
  const compute = (edge: StreetEdge) => {
    const [start, end] = [edge.shape[0] ?? cityCenter, edge.shape.at(-1) ?? cityCenter];
    const towards = towardsCenter(start, end) * (2 * outboundShare - 1);
    const nearness = Math.exp(-((metresToCenter(streets, start) / CENTER_METRES) ** 2) / 2);
    const isMajor = importanceOf(edge.roadClass) <= importanceOf("tertiary");
    const usual = (isMajor ? 0.85 : 0.55) + 0.3 * noiseOf(edge.id, 17);
    const load = level * usual * (1 + 0.3 * towards) * (1 + 0.25 * nearness);
    return Math.min(SLOWEST_FACTOR, 1 + 0.7 * load ** 4);
  };
  return (edge) => {
    const factor = known[edge.id] || compute(edge);
    known[edge.id] = factor;
    return factor;
  };
}

export function metresToCenter(streets: Streets, point: GridPoint): number {
  return Math.hypot(point.x - cityCenter.x, point.y - cityCenter.y) * streets.metresPerUnit;
}

/** 1 when a street leads straight to the center, -1 when away from it. */
function towardsCenter(start: GridPoint, end: GridPoint): number {
  const [dx, dy] = [end.x - start.x, end.y - start.y];
  const [cx, cy] = [cityCenter.x - start.x, cityCenter.y - start.y];
  const length = Math.hypot(dx, dy) * Math.hypot(cx, cy);
  return length === 0 ? 0 : (dx * cx + dy * cy) / length;
}
