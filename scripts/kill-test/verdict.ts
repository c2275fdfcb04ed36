/** What became of the contributions that were taken: every one counted once or reported as refused, or else. */
export type Verdict = {
  taken: number;
  accepted: number;
  refused: number;
  /** Neither counted on chain nor reported as refused. */
  lost: number;
  /** Counted more than once on chain, counted although reported as refused, or more on chain than was taken. */
  doubled: number;
  /** The API says another thing than the chain. */
  misreported: number;
};

export type Evidence = {
  /** Ids of the contributions that the API took, by one-time address. */
  taken: ReadonlyMap<string, string>;
  /** Acceptances on chain: how many events name the address. */
  onChain: ReadonlyMap<string, number>;
  /** What the API says, by id. */
  states: ReadonlyMap<string, string>;
};

/** Holds what was promised against what is there. The chain is the truth. */
export function judge({ taken, onChain, states }: Evidence): Verdict {
  const verdict = { taken: taken.size, accepted: 0, refused: 0, lost: 0, doubled: 0, misreported: 0 };
  for (const [address, id] of taken) {
    const counted = onChain.get(address) ?? 0;
    const state = states.get(id);
    if (counted > 0) verdict.accepted += 1;
    if (counted > 1 || (counted > 0 && state === "refused")) verdict.doubled += 1;
    if (counted === 0 && state === "refused") verdict.refused += 1;
    if (counted === 0 && state !== "refused") verdict.lost += 1;
    if ((counted > 0) !== (state === "accepted")) verdict.misreported += state === "refused" && counted === 0 ? 0 : 1;
  }
  for (const address of onChain.keys()) if (!taken.has(address)) verdict.doubled += 1;
  return verdict;
}
