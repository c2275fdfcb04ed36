import "server-only";
import { createDigestSigner, type DigestSigner } from "@/lib/chain/gateway/digest-signer";
import { readLocalAccounts } from "@/lib/platform/deployment";
import { env } from "@/lib/platform/env";

let made: { key: string; signer: DigestSigner } | undefined;
let local: { key: string; untilMs: number } | undefined;
const localMs = 1_000;

/** The devnet's key is read again now and then: a network that was made anew has another. */
async function readLocalKey(): Promise<string> {
  if (local !== undefined && performance.now() < local.untilMs) return local.key;
  const { ticketSigner } = await readLocalAccounts();
  local = { key: ticketSigner, untilMs: performance.now() + localMs };
  return ticketSigner;
}

/** The ticket signer: TICKET_SIGNER_KEY, or the devnet's on chain 31337. Throws `config.invalid` when there is none. */
export async function readTicketSigner(): Promise<DigestSigner> {
  const key = env().TICKET_SIGNER_KEY ?? (await readLocalKey());
  if (made?.key !== key) made = { key, signer: createDigestSigner(key) };
  return made.signer;
}
