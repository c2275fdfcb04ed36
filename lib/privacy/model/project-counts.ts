/**
 * The nearest counts that are none below zero and add up to the same total: Euclidean projection onto the simplex by finding the
 * shift that all positive ones lose (Held, Wolfe, Crowder 1974). Simply cutting negative counts to zero would add vehicles to the rare
 * classes and bias mean speeds. All zero when the total is not positive.
 */
export function projectCounts(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total <= 0) return counts.map(() => 0);
  let shift = 0;
  let sum = 0;
  counts.toSorted((left, right) => right - left).forEach((count, index) => {
    sum += count;
    const candidate = (sum - total) / (index + 1);
    if (count > candidate) shift = candidate;
  });
  return counts.map((count) => Math.max(0, count - shift));
}
