import { AppError } from "@/lib/kernel/errors";
import type { TrafficDataMarketplace } from "@/lib/chain/abi/TrafficDataMarketplace";
import { TrafficDataMarketplace__factory as Factory } from "@/lib/chain/abi/factories/TrafficDataMarketplace__factory";
import type { Chain } from "@/lib/chain/gateway/provider";
import { toAppError } from "@/lib/chain/gateway/revert";
import type { Signer } from "@/lib/chain/gateway/signer";
import type { Permit } from "@/lib/chain/gateway/token";
import { sendTransaction } from "@/lib/chain/gateway/transaction";
import { orderKinds, type Listing, type Order } from "@/lib/chain/model/order";
import { parseHex } from "@/lib/chain/model/parse-hex";
import type { QuoteMessage } from "@/lib/chain/model/typed-data";

function marketplaceAt(chain: Chain): TrafficDataMarketplace {
  return Factory.connect(chain.network.addresses.marketplace, chain.provider);
}

async function read<Value>(what: string, call: Promise<Value>): Promise<Value> {
  return call.catch((error: unknown) => {
    throw toAppError(error, { what });
  });
}

/** What is asked for a region's releases; `active` is false for a region that was never listed. */
export async function getListing(chain: Chain, regionId: number): Promise<Listing> {
  const listing = await read("read the listing", marketplaceAt(chain).listing(regionId));
  return {
    token: listing.token,
    pricePerRelease: listing.pricePerRelease,
    priceFiatMinor: listing.priceFiatMinor,
    largestDiscountBps: Number(listing.largestDiscountBps),
    active: listing.active,
  };
}

/** Puts a region up for sale, or changes what is asked (curator of the marketplace). */
export async function setListing(chain: Chain, curator: Signer, { regionId, listing }: { regionId: number; listing: Listing }): Promise<void> {
  await sendTransaction(chain, curator, {
    what: "set a listing",
    to: chain.network.addresses.marketplace,
    data: marketplaceAt(chain).interface.encodeFunctionData("setListing", [regionId, listing]),
  });
}

/** An order; `kind` is "none" when it does not exist. */
export async function getOrder(chain: Chain, orderId: string): Promise<Order> {
  const order = await read("read an order", marketplaceAt(chain).order(orderId));
  const kind = orderKinds[Number(order.kind)];
  if (kind === undefined) throw new AppError("internal", "The contract answers an order kind that this version does not know.");
  return {
    kind,
    buyer: order.buyer,
    token: order.token,
    amount: order.amount,
    releasesHash: parseHex(order.releasesHash, 32),
    createdBlock: Number(order.createdBlock),
    releaseCount: Number(order.releaseCount),
    openedCount: Number(order.openedCount),
    refunded: order.refunded,
  };
}

/** Unix second until which an order's releases are readable once opened; throws `order.unknown`. */
export async function getReadableUntil(chain: Chain, orderId: string): Promise<number> {
  return Number(await read("read until when an order is good", marketplaceAt(chain).readableUntil(orderId)));
}

/** Blocks that a purchase and a release must be deep before `openOrder` works. */
export async function getConfirmations(chain: Chain): Promise<number> {
  return Number(await read("read the confirmations", marketplaceAt(chain).confirmations()));
}

/** Pays for the releases of a signed quote. Throws `quote.*`, `release.not-published`, `chain.insufficient-funds`, `chain.refused`. */
export async function buy(
  chain: Chain,
  buyer: Signer,
  order: { quote: QuoteMessage; releases: readonly bigint[]; signature: string; permit: Permit },
): Promise<{ transaction: string }> {
  const { quote, releases, signature, permit } = order;
  const receipt = await sendTransaction(chain, buyer, {
    what: "buy",
    to: chain.network.addresses.marketplace,
    data: marketplaceAt(chain).interface.encodeFunctionData("buy", [quote, [...releases], signature, permit]),
  });
  return { transaction: receipt.hash };
}

/**
 * Opens a slice of a paid order's releases to its readers (anyone may). `releases` is the whole ordered list.
 * Throws `fhe.not-ready` while purchase or release are not final.
 */
export async function openOrder(
  chain: Chain,
  signer: Signer,
  { orderId, releases, from, count }: { orderId: string; releases: readonly bigint[]; from: number; count: number },
): Promise<void> {
  await sendTransaction(chain, signer, {
    what: "open an order",
    to: chain.network.addresses.marketplace,
    data: marketplaceAt(chain).interface.encodeFunctionData("openOrder", [orderId, [...releases], from, count]),
  });
}

/**
 * Gives a payment back and stops further openings: the refunder at any time, anyone 24 hours after a token order nothing of which was opened.
 * Throws `chain.refused`.
 */
export async function refundOrder(chain: Chain, signer: Signer, orderId: string): Promise<void> {
  await sendTransaction(chain, signer, {
    what: "refund an order",
    to: chain.network.addresses.marketplace,
    data: marketplaceAt(chain).interface.encodeFunctionData("refund", [orderId]),
  });
}
