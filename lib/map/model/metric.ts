/** What the hexagons' colour stands for. */
export const metrics = ["count", "speed"] as const;

export type Metric = (typeof metrics)[number];

/** The metric that comes after this one; after the last the first. */
export function nextMetric(metric: Metric): Metric {
  return metrics[(metrics.indexOf(metric) + 1) % metrics.length] ?? "count";
}
