import type { Hex } from "@/lib/kernel/hex";

/** EIP-712 domain of one of the product's contracts. */
export type TypedDomain = { name: string; version: string; chainId: number; verifyingContract: string };

type TypedField = { name: string; type: string };

/** Typed data (EIP-712) ready to be signed; `types` is without EIP712Domain, as ethers wants it. */
export type TypedData = {
  domain: TypedDomain;
  types: Record<string, TypedField[]>;
  message: Record<string, unknown>;
};

/** What the one-time address signs: everything about a contribution that must not be moved elsewhere. */
export type ContributionMessage = {
  regionId: number;
  epoch: number;
  /** Index of the cover; 0 for a fleet. */
  cover: number;
  /** H3 index of a fleet's tile; 0 for a single vehicle. */
  tile: bigint;
  /** A fleet's strictly increasing levels; empty for a single vehicle. */
  levels: number[];
  handles: Hex[];
  vehicles: number;
};

/** Right to one contribution. */
export type TicketMessage = {
  oneTimeAddress: string;
  regionId: number;
  epoch: number;
  /** Highest level that may be used; 0 for a single vehicle. */
  maxLevel: number;
  vehicles: number;
  /** Unix seconds. */
  expiry: number;
};

/** Price promised to one buyer for one set of releases. */
export type QuoteMessage = {
  orderId: Hex;
  buyer: string;
  reader: string;
  releasesHash: Hex;
  token: string;
  /** Token units. */
  amount: bigint;
  /** Unix seconds. */
  deadline: number;
};

/** An ERC-2612 approval. */
export type PermitMessage = { owner: string; spender: string; value: bigint; nonce: bigint; deadline: number };

function fields(...pairs: [type: string, name: string][]): TypedField[] {
  return pairs.map(([type, name]) => ({ type, name }));
}

const contributionFields = fields(
  ["uint32", "regionId"],
  ["uint32", "epoch"],
  ["uint16", "cover"],
  ["uint64", "tile"],
  ["uint8[]", "levels"],
  ["bytes32[]", "handles"],
  ["uint16", "vehicles"],
);

const ticketFields = fields(
  ["address", "oneTimeAddress"],
  ["uint32", "regionId"],
  ["uint32", "epoch"],
  ["uint8", "maxLevel"],
  ["uint16", "vehicles"],
  ["uint64", "expiry"],
);

const quoteFields = fields(
  ["bytes32", "orderId"],
  ["address", "buyer"],
  ["address", "reader"],
  ["bytes32", "releasesHash"],
  ["address", "token"],
  ["uint256", "amount"],
  ["uint64", "deadline"],
);

const permitFields = fields(
  ["address", "owner"],
  ["address", "spender"],
  ["uint256", "value"],
  ["uint256", "nonce"],
  ["uint256", "deadline"],
);

type Contract = { chainId: number; verifyingContract: string };

/** `Contribution` of `ITrafficHistogram`, signed by the one-time address. */
export function contributionTypedData(histogram: Contract, message: ContributionMessage): TypedData {
  return { domain: { name: "TrafficHistogram", version: "1", ...histogram }, types: { Contribution: contributionFields }, message };
}

/** `Ticket` of `ITrafficHistogram`, signed by the ticket signer. */
export function ticketTypedData(histogram: Contract, message: TicketMessage): TypedData {
  return { domain: { name: "TrafficHistogram", version: "1", ...histogram }, types: { Ticket: ticketFields }, message };
}

/** `Quote` of `ITrafficDataMarketplace`, signed by the quote signer. */
export function quoteTypedData(marketplace: Contract, message: QuoteMessage): TypedData {
  return { domain: { name: "TrafficDataMarketplace", version: "1", ...marketplace }, types: { Quote: quoteFields }, message };
}

/** ERC-2612 `Permit`; name and version are the token's own EIP-5267 domain. */
export function permitTypedData(token: TypedDomain, message: PermitMessage): TypedData {
  return { domain: token, types: { Permit: permitFields }, message };
}
