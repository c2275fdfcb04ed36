import { sampleRamp, type Rgb } from "@/lib/map/model/ramps";

/** How values are cut into classes: as many cells in each, or equally wide. */
export type Steps = "quantile" | "even";

/** One class: `from` belongs to it, `to` to the next one (to the last class, when it is the last). */
export type ColorClass = { from: number; to: number; color: Rgb };

export const classesMax = 6;

/** A number that is easy to read: rounded to two significant digits. */
function roundForReading(value: number): number {
  if (value === 0) return 0;
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 1);
  return Number((Math.round(value / unit) * unit).toPrecision(12));
}

function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? 0;
  const high = sorted[Math.ceil(at)] ?? low;
  return low + (at - Math.floor(at)) * (high - low);
}

/** Inner edges between classes, strictly ascending and strictly inside the values' range. */
function innerEdges(sorted: readonly number[], steps: Steps, classes: number): number[] {
  const least = sorted[0] ?? 0;
  const most = sorted.at(-1) ?? 0;
  const at = (share: number) => (steps === "even" ? least + share * (most - least) : quantile(sorted, share));
  const edges = Array.from({ length: classes - 1 }, (_, index) => roundForReading(at((index + 1) / classes)));
  return [...new Set(edges)].filter((edge) => edge > least && edge <= most).toSorted((one, other) => one - other);
}

type ScaleOptions = {
  steps: Steps;
  /** Colours for the lowest to the highest value. */
  ramp: readonly Rgb[];
};

/**
 * Classes for a set of values, at most six, with edges rounded so that the legend's numbers are the ones used.
 * Fewer classes when the values don't need as many; none for no values.
 */
export function buildScale(values: readonly number[], { steps, ramp }: ScaleOptions): ColorClass[] {
  const sorted = values.filter(Number.isFinite).toSorted((one, other) => one - other);
  const least = sorted[0];
  const most = sorted.at(-1);
  if (least === undefined || most === undefined) return [];
  const edges = [least, ...innerEdges(sorted, steps, classesMax), most];
  const colors = sampleRamp(ramp, edges.length - 1);
  return colors.map((color, index) => ({ from: edges[index] ?? least, to: edges[index + 1] ?? most, color }));
}

/** The class that a value falls into: the last one that begins at or below it. Null only for an empty scale. */
export function findClass(scale: readonly ColorClass[], value: number): ColorClass | null {
  return scale.findLast(({ from }) => value >= from) ?? scale[0] ?? null;
}
