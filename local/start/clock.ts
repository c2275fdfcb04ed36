/** Blocks come every 2 to 12 seconds, and may lag; more than this is a clock that is wrong. Seconds. */
const skewMax = 60;

/**
 * A sentence about two clocks that disagree, or undefined when they do not. Tickets, quotes and epochs follow the chain's time.
 * Both in unix seconds.
 */
export function describeSkew({ chain, machine }: { chain: number; machine: number }): string | undefined {
  const skew = Math.round(chain - machine);
  if (Math.abs(skew) <= skewMax) return undefined;
  const span = Math.abs(skew) < 7_200 ? `${Math.round(Math.abs(skew) / 60)} min` : `${Math.round(Math.abs(skew) / 3_600)} h`;
  if (skew > 0) return `This machine's clock is ${span} behind the chain's. Tickets and quotes would be refused as expired: set the clock (timedatectl set-ntp true).`;
  return `The chain's newest block is ${span} old by this machine's clock. Either the clock is ahead (timedatectl set-ntp true) or the chain stands still.`;
}
