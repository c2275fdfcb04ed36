import { readChainClock } from "@/lib/chain/gateway/provider";
import { quoteReleases, readQuoteSignerKey } from "@/lib/orders/mutations/quote-releases";
import { quoteRequestSchema } from "@/lib/orders/schema";
import { readJsonBody, route } from "@/lib/platform/http";
import { connectDeployment } from "@/lib/releases/data/connect";

/** 2,000 ids of 40 digits. */
const bytesMax = 128 * 1024;

export const POST = route(async ({ request }) => {
  const body = await readJsonBody(request, quoteRequestSchema, { bytesMax });
  const [{ chain }, signerKey] = await Promise.all([connectDeployment(), readQuoteSignerKey()]);
  const { time } = await readChainClock(chain);
  const { quote, signature } = await quoteReleases(chain, body, { signerKey, nowSeconds: time });
  return Response.json({ quote: { ...quote, amount: quote.amount.toString() }, signature });
});
