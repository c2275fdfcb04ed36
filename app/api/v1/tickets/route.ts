import { operations } from "@/lib/delivery/model/operations";
import { getDevice } from "@/lib/ingest/data/get-device";
import { openNetwork } from "@/lib/ingest/data/network";
import { readTicketSigner } from "@/lib/ingest/data/ticket-signer";
import { issueTicket } from "@/lib/ingest/mutations/issue-ticket";
import { ticketWireSchema } from "@/lib/ingest/schema";
import { endpoint, serve } from "@/lib/platform/endpoint";
import { env } from "@/lib/platform/env";
import { answerOnce } from "@/lib/platform/idempotency";
import { pool } from "@/lib/platform/pool";

const issue = serve(operations.issueTicket, async ({ request, body, repeatable }) => {
  const deviceId = await getDevice(pool(), request.headers);
  const [network, signer] = await Promise.all([openNetwork(), readTicketSigner()]);
  return answerOnce(`tickets ${deviceId}`, repeatable, {
    schema: ticketWireSchema,
    make: () => issueTicket({ pool: pool(), network }, body, { deviceId, signer, perDay: env().TICKETS_PER_DAY, now: new Date() }),
  });
});

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(issue);
