/** Names of `Refusal` of `ITrafficHistogram`, in the order of its enum; index 0 never appears in an event. */
export const refusals = [
  "none",
  "unknown-region",
  "epoch-not-open",
  "already-sealed",
  "unknown-cover",
  "tile-outside-region",
  "wrong-word-count",
  "levels-not-increasing",
  "level-above-ticket",
  "wrong-vehicles",
  "ticket-expired",
  "bad-ticket",
  "bad-signature",
  "address-spent",
  "input-spent",
  "invalid-proof",
  "capacity-exceeded",
  "import-only",
] as const;

export type Refusal = (typeof refusals)[number];

/** What a person is told when one item of a batch was refused. */
export const refusalMessages = {
  none: "accepted",
  "unknown-region": "the region does not exist",
  "epoch-not-open": "the epoch is not open (not begun, or closed already)",
  "already-sealed": "the epoch is sealed already in one of the cover's tiles",
  "unknown-cover": "the region has no such cover",
  "tile-outside-region": "the tile does not belong to the region",
  "wrong-word-count": "the number of words does not fit the cover or the levels (at most 8)",
  "levels-not-increasing": "the fleet's levels are not strictly increasing",
  "level-above-ticket": "a level is above what the ticket allows",
  "wrong-vehicles": "the number of vehicles is not the ticket's",
  "ticket-expired": "the ticket has expired",
  "bad-ticket": "the ticket is not signed by the region's ticket signer, or is for something else",
  "bad-signature": "the signature is not the one-time address's over this very contribution",
  "address-spent": "the one-time address was used already",
  "input-spent": "the encrypted input was used already",
  "invalid-proof": "the encrypted input's proof is for another contract or address, or is not valid",
  "capacity-exceeded": "the tile is full for this epoch (4,032 vehicles by weight)",
  "import-only": "the region shows a simulated past and takes no contributions",
} as const satisfies Record<Refusal, string>;

/** The refusal of an event's number; an unknown number means that the contract is newer than this software. */
export function refusalOf(value: bigint | number): Refusal | "unknown" {
  return refusals[Number(value)] ?? "unknown";
}
