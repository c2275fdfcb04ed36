import "server-only";
import { AppError } from "@/lib/kernel/errors";
import type { Hex } from "@/lib/kernel/hex";
import { getTileStatus } from "@/lib/chain/gateway/histogram";
import { getListing, getOrder, getReadableUntil } from "@/lib/chain/gateway/marketplace";
import type { Chain } from "@/lib/chain/gateway/provider";
import { signTypedData } from "@/lib/chain/gateway/signer";
import { getTokenFacts } from "@/lib/chain/gateway/token";
import { checksumAddress } from "@/lib/chain/model/address";
import { mapLimited } from "@/lib/chain/model/map-limited";
import type { Listing } from "@/lib/chain/model/order";
import { orderIdOf } from "@/lib/chain/model/order-id";
import { releasesHash, unpackReleaseId } from "@/lib/chain/model/release-id";
import { quoteTypedData } from "@/lib/chain/model/typed-data";
import { openingSecondsMin, quoteFor } from "@/lib/orders/model";
import type { QuoteAnswer, QuoteRequest } from "@/lib/orders/schema";
import { env } from "@/lib/platform/env";
import { readLocalAccounts } from "@/lib/platform/deployment";

export type QuoteOptions = {
  /** Private key of an account with the quote signer's role. */
  signerKey: string;
  /** The chain's time, unix seconds. */
  nowSeconds: number;
};

/** Seconds for which a quote is good. */
const quoteSeconds = 3_600;
const readsAtOnce = 16;

/** The quote signer's key: QUOTE_SIGNER_KEY, or the devnet's on chain 31337. Throws `config.invalid`. */
export async function readQuoteSignerKey(): Promise<string> {
  return env().QUOTE_SIGNER_KEY ?? (await readLocalAccounts()).quoteSigner;
}

function assertAscending(releases: readonly bigint[]): void {
  const isAscending = releases.every((id, index) => index === 0 || id > (releases[index - 1] ?? id));
  if (!isAscending) throw new AppError("quote.invalid", "The releases must be in strictly ascending order, each once.");
}

async function assertPublished(chain: Chain, releases: readonly bigint[]): Promise<void> {
  await mapLimited(releases, readsAtOnce, async (id) => {
    const { state } = await getTileStatus(chain, unpackReleaseId(id));
    if (state !== "published") throw new AppError("release.not-published", `Release ${id} is not published, so it can't be bought.`);
  });
}

async function readListings(chain: Chain, regionIds: readonly number[]): Promise<Map<number, Listing>> {
  const unique = [...new Set(regionIds)];
  const listings = await mapLimited(unique, readsAtOnce, (id) => getListing(chain, id));
  return new Map(unique.map((id, index) => {
    const listing = listings[index];
    if (listing?.active !== true) throw new AppError("listing.missing", `Region ${id} is not for sale at the moment.`);
    return [id, listing];
  }));
}

/** The id of the order that is good for this question, or of the first that could be made. */
async function findOrderId(chain: Chain, fact: { buyer: Hex; reader: Hex; releasesHash: Hex; nowSeconds: number }): Promise<Hex> {
  const { chainId, addresses } = chain.network;
  for (let turn = 0; ; turn += 1) {
    const id = orderIdOf({ ...fact, chainId, marketplace: addresses.marketplace, turn });
    const order = await getOrder(chain, id);
    if (order.kind === "none") return id;
    const isOver = order.refunded || (await getReadableUntil(chain, id)) < fact.nowSeconds + openingSecondsMin;
    if (!isOver) return id;
  }
}

/**
 * Promises a price for releases to one buyer, signed for the marketplace. Reads the chain, writes nothing.
 * The same question has the same order id, so that a purchase that is repeated is paid once.
 * Throws `quote.invalid`, `release.not-published`, `listing.missing`.
 */
export async function quoteReleases(chain: Chain, request: QuoteRequest, { signerKey, nowSeconds }: QuoteOptions): Promise<QuoteAnswer> {
  const { releases } = request;
  assertAscending(releases);
  const regionIds = releases.map((id) => unpackReleaseId(id).regionId);
  const listings = await readListings(chain, regionIds);
  await assertPublished(chain, releases);
  const tokens = new Set([...listings.values()].map(({ token }) => token));
  const [token] = tokens;
  if (token === undefined || tokens.size > 1) throw new AppError("quote.invalid", "The releases are sold in different tokens. Buy them in several orders.");
  const { decimals } = await getTokenFacts(chain, token);
  const { amount } = quoteFor(regionIds.map((id) => listings.get(id)?.pricePerRelease ?? 0n), { decimals });
  const hash = releasesHash(releases);
  const buyer = checksumAddress(request.buyer);
  const reader = checksumAddress(request.reader);
  const { chainId, addresses } = chain.network;
  const orderId = await findOrderId(chain, { buyer, reader, releasesHash: hash, nowSeconds });
  const quote = { orderId, buyer, reader, releasesHash: hash, token: checksumAddress(token), amount, deadline: nowSeconds + quoteSeconds };
  const signature = await signTypedData(signerKey, quoteTypedData({ chainId, verifyingContract: addresses.marketplace }, quote));
  return { quote, signature };
}
