import { readChainClock } from "@/lib/chain/gateway/provider";
import { operations } from "@/lib/delivery/model/operations";
import { quoteReleases, readQuoteSignerKey } from "@/lib/orders/mutations/quote-releases";
import { quoteWireSchema, type QuoteRequest } from "@/lib/orders/schema";
import { endpoint, serve } from "@/lib/platform/endpoint";
import { answerOnce } from "@/lib/platform/idempotency";
import { connectDeployment } from "@/lib/releases/data/connect";

async function quote(request: QuoteRequest) {
  const [{ chain }, signerKey] = await Promise.all([connectDeployment(), readQuoteSignerKey()]);
  const { time } = await readChainClock(chain);
  const answer = await quoteReleases(chain, request, { signerKey, nowSeconds: time });
  return { quote: { ...answer.quote, amount: answer.quote.amount.toString() }, signature: answer.signature };
}

const post = serve(operations.quoteReleases, ({ body, repeatable }) => answerOnce("quotes", repeatable, { schema: quoteWireSchema, make: () => quote(body) }));

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(post);
