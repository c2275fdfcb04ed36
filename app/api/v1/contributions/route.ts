import { operations } from "@/lib/delivery/model/operations";
import { openNetwork } from "@/lib/ingest/data/network";
import { readTicketSigner } from "@/lib/ingest/data/ticket-signer";
import { acceptContribution } from "@/lib/ingest/mutations/accept-contribution";
import { contributionQueue } from "@/lib/ingest/mutations/queue-contribution";
import { endpoint, serve } from "@/lib/platform/endpoint";
import { answerOnceDurably } from "@/lib/platform/idempotency";
import { metrics } from "@/lib/platform/metrics";
import { pool } from "@/lib/platform/pool";

const post = serve(operations.postContribution, async ({ body, repeatable }) => {
  const [network, signer] = await Promise.all([openNetwork(), readTicketSigner()]);
  const context = { pool: pool(), network, signer, queue: contributionQueue() };
  const { id, state, isNew } = await answerOnceDurably(pool(), { scope: "contributions", repeatable }, () => acceptContribution(context, body));
  metrics().contributions.inc({ outcome: isNew ? "queued" : "known" });
  return { id, state, statusUrl: `/api/v1/contributions/${id}` };
});

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(post);
