import { AppError } from "@/lib/kernel/errors";
import type { Hex } from "@/lib/kernel/hex";
import { delay } from "@/lib/kernel/time";
import { getOpenUntil } from "@/lib/chain/gateway/histogram";
import { buy, getConfirmations, getOrder, openOrder } from "@/lib/chain/gateway/marketplace";
import { readChainClock, type Chain } from "@/lib/chain/gateway/provider";
import type { Signer } from "@/lib/chain/gateway/signer";
import { getTokenBalance, signPermit } from "@/lib/chain/gateway/token";
import { mapLimited } from "@/lib/chain/model/map-limited";
import { localChainId } from "@/lib/chain/model/network";
import { packReleaseId, type ReleaseKey } from "@/lib/chain/model/release-id";
import { planOpenings } from "@/lib/orders/model";
import type { QuoteAnswer, QuoteRequest } from "@/lib/orders/schema";

/** Where signed quotes come from: the site's API, or the signer's key itself. */
export type QuoteSource = (request: QuoteRequest) => Promise<QuoteAnswer>;

export type PurchaseStep = { step: "quoted"; amount: bigint } | { step: "paid"; orderId: Hex } | { step: "waiting"; blocksLeft: number } | { step: "opened"; done: number; total: number };

export type PurchaseOptions = {
  /** Who will decrypt. */
  reader: Hex;
  quotes: QuoteSource;
  onStep?: (step: PurchaseStep) => void;
};

/** Seconds for which an opening must still last to count as open. */
const opennessSlackSeconds = 60;

/** The releases that the reader can't decrypt yet. */
export async function findUnopened(chain: Chain, releases: readonly ReleaseKey[], reader: string): Promise<ReleaseKey[]> {
  const { time } = await readChainClock(chain);
  const open = await mapLimited(releases, 16, (key) => getOpenUntil(chain, key, reader));
  return releases.filter((_, index) => (open[index] ?? 0) < time + opennessSlackSeconds);
}

async function pay(chain: Chain, buyer: Signer, { quote, signature }: QuoteAnswer, releases: readonly bigint[]): Promise<void> {
  const balance = await getTokenBalance(chain, buyer.address, quote.token);
  if (balance < quote.amount) {
    throw new AppError("chain.insufficient-funds", `The buyer has ${balance} token units; ${quote.amount} are needed.`, {
      details: { balance: String(balance), needed: String(quote.amount) },
    });
  }
  const { time } = await readChainClock(chain);
  const spender = chain.network.addresses.marketplace;
  const permit = await signPermit(chain, buyer, { token: quote.token, spender, value: quote.amount, deadline: time + 3_600 });
  await buy(chain, buyer, { quote, releases, signature, permit });
}

async function waitUntilFinal(chain: Chain, orderId: Hex, onStep: PurchaseOptions["onStep"]): Promise<void> {
  const [order, confirmations] = await Promise.all([getOrder(chain, orderId), getConfirmations(chain)]);
  for (;;) {
    const { block } = await readChainClock(chain);
    const blocksLeft = order.createdBlock + confirmations - block;
    if (blocksLeft <= 0) return;
    onStep?.({ step: "waiting", blocksLeft });
    await delay(chain.network.chainId === localChainId ? 500 : 6_000);
  }
}

async function openAll(chain: Chain, signer: Signer, order: { orderId: Hex; ids: readonly bigint[]; onStep: PurchaseOptions["onStep"] }): Promise<void> {
  const { orderId, ids, onStep } = order;
  const { openedCount } = await getOrder(chain, orderId);
  // An order that was opened in full is opened again: another order may have closed it to this reader.
  for (const { from, count } of planOpenings(ids.length, openedCount === ids.length ? 0 : openedCount)) {
    await openOrder(chain, signer, { orderId, releases: ids, from, count });
    onStep?.({ step: "opened", done: from + count, total: ids.length });
  }
}

/**
 * Buys the releases that the reader can't decrypt yet, and opens them. Does nothing when there are none.
 * Safe to repeat after an interruption: the order's id follows from what is bought, so that it is paid once.
 * Throws `quote.*`, `listing.missing`, `release.not-published`, `chain.*`.
 */
export async function buyReleases(chain: Chain, buyer: Signer, releases: readonly ReleaseKey[], options: PurchaseOptions): Promise<{ orderId: Hex } | null> {
  const { reader, quotes, onStep } = options;
  const unopened = await findUnopened(chain, releases, reader);
  if (unopened.length === 0) return null;
  const ids = unopened.map(packReleaseId).toSorted((left, right) => (left < right ? -1 : 1));
  const answer = await quotes({ releases: ids, buyer: addressOf(buyer), reader });
  const { orderId } = answer.quote;
  const order = await getOrder(chain, orderId);
  if (order.kind === "none") {
    onStep?.({ step: "quoted", amount: answer.quote.amount });
    await pay(chain, buyer, answer, ids);
  }
  onStep?.({ step: "paid", orderId });
  await waitUntilFinal(chain, orderId, onStep);
  await openAll(chain, buyer, { orderId, ids, onStep });
  return { orderId };
}

function addressOf(signer: Signer): Hex {
  return `0x${signer.address.slice(2)}`;
}
