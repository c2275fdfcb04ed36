import { AppError } from "@/lib/kernel/errors";
import { formatMoney } from "@/lib/kernel/format";
import { getPlanes } from "@/lib/chain/gateway/histogram";
import { getOrder } from "@/lib/chain/gateway/marketplace";
import { connectChain, type Chain } from "@/lib/chain/gateway/provider";
import { connectSigner, type Signer } from "@/lib/chain/gateway/signer";
import { getTokenBalance } from "@/lib/chain/gateway/token";
import { waitForReceipt } from "@/lib/chain/gateway/transaction";
import { localChainId } from "@/lib/chain/model/network";
import { unpackReleaseId } from "@/lib/chain/model/release-id";
import { createWorkerFheClient } from "@/lib/fhe/gateway/worker-client";
import type { FheClient, FheProgress } from "@/lib/fhe/model/client";
import type { ReaderKey } from "@/lib/fhe/model/reader-key";
import { buyReleases, findUnopened, type PurchaseStep, type QuoteSource } from "@/lib/orders/gateway";
import { quoteAnswerSchema, type QuoteAnswer } from "@/lib/orders/schema";
import type { BrowserStore } from "@/lib/releases/gateway/browser-store";
import { scopeOf, type Kept } from "@/lib/releases/gateway/kept";
import { findReaderKey, keepReaderKey, provideReaderKey } from "@/lib/releases/gateway/reader-account";
import { postSite } from "@/lib/releases/gateway/site";
import { describeDecryption, type ReadingProgress } from "@/lib/releases/model/reading-steps";
import { faucetAnswerSchema, type ListingAnswer, type NetworkAnswer } from "@/lib/releases/schema";

/** A published tile that is to be read. */
export type Wanted = { releaseId: string; vault: string };

export type ReadingOptions = { network: NetworkAnswer; listing: ListingAnswer; store: BrowserStore; kept: Kept; /** The site's own address. */ origin: string };

type OnProgress = (progress: ReadingProgress) => void;

/** Reading releases in this browser: paying, opening, decrypting. */
export type Reader = {
  /** Whether the browser's key may already decrypt all of them. */
  isOpened(releaseIds: readonly string[]): Promise<boolean>;
  /** Pays for the releases, at most `total` token units, and opens them. Safe to repeat. */
  buy(releaseIds: readonly string[], total: bigint, onProgress: OnProgress): Promise<void>;
  /** The order that holds any of the releases and was paid but not opened; goes on with it. False when there is none. */
  resume(releaseIds: readonly string[], onProgress: OnProgress): Promise<boolean>;
  /** Decrypts releases that were opened, and keeps their planes. */
  decrypt(wanted: readonly Wanted[], onProgress: OnProgress): Promise<void>;
};

/** Gas of a purchase and its opening costs a small part of this; the faucet gives a thousand times more. */
const etherLeast = 10n ** 16n;

class BrowserReader implements Reader {
  readonly #options: ReadingOptions;
  readonly #chain: Chain;
  readonly #fhe: FheClient;
  readonly #scope: string;

  constructor(options: ReadingOptions) {
    const { network, origin } = options;
    const rpcUrl = `${origin}/api/rpc`;
    this.#options = options;
    this.#chain = connectChain({ ...network, rpcUrl });
    this.#fhe = createWorkerFheClient({ ...network, rpcUrl, relayerUrl: `${origin}/api/relayer` });
    this.#scope = scopeOf(network);
  }

  async isOpened(releaseIds: readonly string[]): Promise<boolean> {
    const reader = await findReaderKey(this.#options.store, this.#scope);
    if (reader === null) return false;
    const unopened = await findUnopened(this.#chain, releaseIds.map((id) => unpackReleaseId(BigInt(id))), reader.address);
    return unopened.length === 0;
  }

  async buy(releaseIds: readonly string[], total: bigint, onProgress: OnProgress): Promise<void> {
    onProgress({ step: "account", share: null, detail: "Loading the encryption library" });
    const reader = await provideReaderKey(this.#options.store, this.#scope, this.#fhe);
    const signer = connectSigner(this.#chain, reader.privateKey);
    onProgress({ step: "money", share: null, detail: "Asking the local faucet" });
    await this.#fund(signer, total);
    onProgress({ step: "payment", share: null, detail: "Asking for a signed price" });
    await this.#order({ signer, reader, releaseIds, total, onProgress });
  }

  async resume(releaseIds: readonly string[], onProgress: OnProgress): Promise<boolean> {
    const { kept, store } = this.#options;
    const reader = await findReaderKey(store, this.#scope);
    const order = (await kept.findOrders()).find((one) => !one.isOpened && one.releases.some((id) => releaseIds.includes(id)));
    if (reader === null || order === undefined) return false;
    const { kind, amount } = await getOrder(this.#chain, order.orderId);
    if (kind === "none") {
      await kept.removeOrder(order.orderId);
      return false;
    }
    const signer = connectSigner(this.#chain, reader.privateKey);
    await this.#order({ signer, reader, releaseIds: order.releases, total: amount, onProgress });
    return true;
  }

  async decrypt(wanted: readonly Wanted[], onProgress: OnProgress): Promise<void> {
    const { kept, store, network } = this.#options;
    const reader = await provideReaderKey(store, this.#scope, this.#fhe);
    const shares = wanted.map(() => 0);
    const startedMs = performance.now();
    const observe = (index: number) => (progress: FheProgress) => {
      shares[index] = progress.stage === "decryption" ? progress.done / Math.max(1, progress.total) : 0;
      const share = shares.reduce((sum, one) => sum + one, 0) / wanted.length;
      onProgress({ step: "decryption", share, detail: describeDecryption(progress, share, (performance.now() - startedMs) / 1000) });
    };
    onProgress({ step: "decryption", share: null, detail: "Reading which ciphertexts are yours" });
    await Promise.all(wanted.map(async ({ releaseId, vault }, index) => {
      const handles = await getPlanes(this.#chain, unpackReleaseId(BigInt(releaseId)));
      const planes = await this.#fhe.decryptRelease({ handles, histogramAddress: network.addresses.histogram, vault, reader, onProgress: observe(index) });
      await kept.writePlanes(releaseId, planes);
    }));
    await keepReaderKey(store, this.#scope, reader);
  }

  /** Test money, on the local network only; elsewhere the account must have been funded. */
  async #fund(signer: Signer, total: bigint): Promise<void> {
    const [tokens, ether] = await Promise.all([getTokenBalance(this.#chain, signer.address), this.#chain.provider.getBalance(signer.address)]);
    if (this.#options.network.chainId !== localChainId || (tokens >= total && ether >= etherLeast)) return;
    const { transactionHash } = await postSite("/api/devnet/faucet", { address: signer.address }, faucetAnswerSchema);
    await waitForReceipt(this.#chain, transactionHash, { what: "fetch test money", timeoutMs: 60_000 });
  }

  /** Pays, unless that has been done, and opens. */
  async #order(order: { signer: Signer; reader: ReaderKey; releaseIds: readonly string[]; total: bigint; onProgress: OnProgress }): Promise<void> {
    const { signer, reader, releaseIds, total, onProgress } = order;
    const { kept, listing } = this.#options;
    const quotes: QuoteSource = async (request) => {
      const answer = await postSite("/api/v1/quotes", { ...request, releases: request.releases.map(String) }, quoteAnswerSchema);
      assertQuote(answer, { signer, reader, listing, total });
      return answer;
    };
    await buyReleases(this.#chain, signer, releaseIds.map((id) => unpackReleaseId(BigInt(id))), {
      reader: reader.address,
      quotes,
      memory: kept,
      onStep: (step) => onProgress(progressOf(step, listing)),
    });
  }
}

function progressOf(step: PurchaseStep, listing: ListingAnswer): ReadingProgress {
  switch (step.step) {
    case "quoted":
      return { step: "payment", share: null, detail: `Paying ${formatMoney(step.amount, listing)}` };
    case "paid":
      return { step: "opening", share: null, detail: null };
    case "waiting":
      return { step: "opening", share: null, detail: `Waiting for ${step.blocksLeft} more blocks` };
    case "opened":
      return { step: "opening", share: step.done / step.total, detail: `${step.done} of ${step.total} releases` };
  }
}

/** The signed price must be for this visitor and must not be more than the page showed. */
function assertQuote({ quote }: QuoteAnswer, expected: { signer: Signer; reader: ReaderKey; listing: ListingAnswer; total: bigint }): void {
  const isSame = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
  const { signer, reader, listing, total } = expected;
  if (!isSame(quote.buyer, signer.address) || !isSame(quote.reader, reader.address) || !isSame(quote.token, listing.token)) {
    throw new AppError("quote.invalid", "The price that came back is not for this purchase. Nothing was paid; reload the page.");
  }
  if (quote.amount > total) {
    throw new AppError("quote.invalid", `The price is now ${formatMoney(quote.amount, listing)}, not ${formatMoney(total, listing)}. Nothing was paid; reload the page to see it.`);
  }
}

/** A reader for one network. Its worker starts with the first decryption. */
export function createReader(options: ReadingOptions): Reader {
  return new BrowserReader(options);
}
