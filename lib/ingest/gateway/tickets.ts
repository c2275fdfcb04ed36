import "server-only";
import { AppError } from "@/lib/kernel/errors";
import type { Hex } from "@/lib/kernel/hex";
import { signTypedData } from "@/lib/chain/gateway/signer";
import { ticketTypedData, type TicketMessage } from "@/lib/chain/model/typed-data";
import { ticketAnswerSchema } from "@/lib/ingest/schema";

export type TicketRequest = Omit<TicketMessage, "expiry">;
export type Ticket = { expiry: number; signature: Hex };

/** Where rights to contribute come from. `nowSeconds` is the chain's time. */
export type TicketSource = (request: TicketRequest, nowSeconds: number) => Promise<Ticket>;

/** Seconds for which a local ticket is good. */
const localTicketSeconds = 86_400;

/** Tickets signed on the spot with the ticket signer's key: the local devnet's way. */
export function localTickets(signerKey: string, histogram: { chainId: number; verifyingContract: string }): TicketSource {
  return async (request, nowSeconds) => {
    const expiry = nowSeconds + localTicketSeconds;
    return { expiry, signature: await signTypedData(signerKey, ticketTypedData(histogram, { ...request, expiry })) };
  };
}

/**
 * Tickets from a service: the request is posted as JSON, the answer is `{ expiry, signature }`.
 * Asking again for the same one-time address is safe: the address can be spent once only.
 * Throws `request.invalid` when the service refuses, `relayer.unreachable` when it does not answer.
 */
export function remoteTickets(url: string, { timeoutMs = 20_000 }: { timeoutMs?: number } = {}): TicketSource {
  return async (request) => {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((cause: unknown) => {
      throw new AppError("relayer.unreachable", `The ticket service at ${url} does not answer. Check TICKET_URL.`, { cause });
    });
    const parsed = ticketAnswerSchema.safeParse(await response.json().catch(() => undefined));
    if (response.ok && parsed.success) return parsed.data;
    throw new AppError("request.invalid", `The ticket service at ${url} gives no ticket (HTTP ${response.status}).`);
  };
}
