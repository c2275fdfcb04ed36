import { AppError } from "@/lib/kernel/errors";
import { isHex, type Hex } from "@/lib/kernel/hex";
import { delay } from "@/lib/kernel/time";
import { getOpenUntil } from "@/lib/chain/gateway/histogram";
import { buy, getConfirmations, getOrder, getReadableUntil, openOrder } from "@/lib/chain/gateway/marketplace";
import { readChainClock, type Chain } from "@/lib/chain/gateway/provider";
import type { Signer } from "@/lib/chain/gateway/signer";
import { getTokenBalance, signPermit } from "@/lib/chain/gateway/token";
import { mapLimited } from "@/lib/chain/model/map-limited";
import { localChainId } from "@/lib/chain/model/network";
import { packReleaseId, type ReleaseKey } from "@/lib/chain/model/release-id";
import { openingSecondsMin, planOpenings, releasesPerOpeningDefault } from "@/lib/orders/model";
import type { QuoteAnswer, QuoteRequest, RememberedOrder } from "@/lib/orders/schema";

/** Where signed quotes come from: the site's API, or the signer's key itself. */
export type QuoteSource = (request: QuoteRequest) => Promise<QuoteAnswer>;

export type PurchaseStep = { step: "quoted"; amount: bigint } | { step: "paid"; orderId: Hex } | { step: "waiting"; blocksLeft: number } | { step: "opened"; done: number; total: number };

/** The orders that were begun with the reader's key; kept where the key is kept, so that whoever has the key has them. */
export type OrderMemory = {
  findOrders(): Promise<RememberedOrder[]>;
  writeOrder(order: RememberedOrder): Promise<void>;
  removeOrder(orderId: string): Promise<void>;
};

export type PurchaseOptions = {
  /** Who will decrypt. */
  reader: Hex;
  quotes: QuoteSource;
  memory: OrderMemory;
  /** Releases opened by one transaction. */
  releasesPerOpening?: number;
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

type OpenedOrder = { orderId: Hex; ids: readonly bigint[] };

async function openAll(chain: Chain, signer: Signer, { orderId, ids, onStep, releasesPerOpening }: OpenedOrder & Pick<PurchaseOptions, "onStep" | "releasesPerOpening">): Promise<void> {
  const { openedCount } = await getOrder(chain, orderId);
  // An order that was opened in full is opened again: another order may have closed it to this reader.
  const from = openedCount === ids.length ? 0 : openedCount;
  for (const slice of planOpenings(ids.length, from, releasesPerOpening ?? releasesPerOpeningDefault)) {
    await openOrder(chain, signer, { orderId, releases: ids, ...slice });
    onStep?.({ step: "opened", done: slice.from + slice.count, total: ids.length });
  }
}

/** Waits until a paid order is final, opens what is not open yet, and remembers that. */
async function openPaid(chain: Chain, signer: Signer, order: OpenedOrder, options: PurchaseOptions): Promise<void> {
  const { orderId, ids } = order;
  options.onStep?.({ step: "paid", orderId });
  await waitUntilFinal(chain, orderId, options.onStep);
  await openAll(chain, signer, { ...order, ...options });
  await options.memory.writeOrder({ orderId, releases: ids.map(String), isOpened: true });
}

async function isOver(chain: Chain, orderId: string): Promise<boolean> {
  const { refunded } = await getOrder(chain, orderId);
  return refunded || (await getReadableUntil(chain, orderId)) < (await readChainClock(chain)).time + openingSecondsMin;
}

/** Goes on with orders that were paid for any of the releases and not opened in full: else the rest would be paid again. */
async function finishBegun(chain: Chain, signer: Signer, wanted: readonly bigint[], options: PurchaseOptions): Promise<void> {
  const { memory } = options;
  for (const { orderId, releases, isOpened } of await memory.findOrders()) {
    const ids = releases.map(BigInt);
    if (isOpened || !isHex(orderId) || !ids.some((id) => wanted.includes(id))) continue;
    if ((await getOrder(chain, orderId)).kind === "none") continue; // never paid; the same question gets the same order again
    if (await isOver(chain, orderId)) await memory.removeOrder(orderId);
    else await openPaid(chain, signer, { orderId, ids }, options);
  }
}

/**
 * Buys the releases that the reader can't decrypt yet, and opens them. Does nothing when there are none.
 * Safe to repeat after an interruption at any moment: an order is remembered before it is paid and finished before anything
 * else is bought, and its id follows from what is bought, so that nothing is paid twice.
 * Answers null when nothing new had to be bought. Throws `quote.*`, `listing.missing`, `release.not-published`, `chain.*`.
 */
export async function buyReleases(chain: Chain, buyer: Signer, releases: readonly ReleaseKey[], options: PurchaseOptions): Promise<{ orderId: Hex } | null> {
  const { reader, quotes, memory, onStep } = options;
  await finishBegun(chain, buyer, releases.map(packReleaseId), options);
  const unopened = await findUnopened(chain, releases, reader);
  if (unopened.length === 0) return null;
  const ids = unopened.map(packReleaseId).toSorted((left, right) => (left < right ? -1 : 1));
  const answer = await quotes({ releases: ids, buyer: addressOf(buyer), reader });
  const { orderId } = answer.quote;
  await memory.writeOrder({ orderId, releases: ids.map(String), isOpened: false });
  const order = await getOrder(chain, orderId);
  if (order.kind === "none") {
    onStep?.({ step: "quoted", amount: answer.quote.amount });
    await pay(chain, buyer, answer, ids);
  }
  await openPaid(chain, buyer, { orderId, ids }, options);
  return { orderId };
}

function addressOf(signer: Signer): Hex {
  return `0x${signer.address.slice(2)}`;
}
