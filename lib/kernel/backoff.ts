/** Milliseconds before the next attempt: doubled by each failure, never more than `mostMs`. `failures` from 1. */
export function backoffMs(failures: number, { firstMs = 2_000, mostMs = 300_000 }: { firstMs?: number; mostMs?: number } = {}): number {
  return Math.min(mostMs, firstMs * 2 ** Math.max(0, Math.min(failures - 1, 30)));
}
