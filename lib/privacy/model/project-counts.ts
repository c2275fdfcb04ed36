/**
 * The nearest counts that are none below zero and add up to the same total: Euclidean projection onto the simplex by finding the
 * shift that all positive ones lose (Held, Wolfe, Crowder 1974). Simply cutting negative counts to zero would add vehicles to the rare
 * classes and bias mean speeds. All zero when the total is not positive.
 */
export function projectCounts(counts: readonly number[]): number[] {
  let total = 0;
  for (const count of counts) total += count;
  if (total <= 0) return counts.map(() => 0);
  const sorted = counts.toSorted((left, right) => right - left);
  let [shift, sum, used] = [0, 0, 0];
  for (const count of sorted) {
    sum += count;
    used += 1;
    const candidate = (sum - total) / used;
    if (count > candidate) shift = candidate;
  }
  return counts.map((count) => Math.max(0, count - shift));
}
