import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Chain } from "@/lib/chain/gateway/provider";
import { connectSigner, createPrivateKey, type Signer } from "@/lib/chain/gateway/signer";
import { createFheClient, type NodeFheClient } from "@/lib/fhe/gateway/client";
import { localTickets } from "@/lib/ingest/gateway/tickets";
import { contribute } from "@/lib/ingest/mutations/contribute";
import { AppError } from "@/lib/kernel/errors";
import { systemRandom } from "@/lib/kernel/random";
import { delay } from "@/lib/kernel/time";
import type { Deployment, LocalAccounts } from "@/lib/platform/deployment";
import type { Deliver } from "@/local/city/live/pilot-fleets";

export type DirectOptions = {
  readonly chain: Chain;
  readonly deployment: Deployment;
  readonly accounts: Pick<LocalAccounts, "ticketSigner">;
  readonly devnetUrl: string;
  /** The engine's program, which proves in seconds. */
  readonly proverBinary: string;
  /** Where the paying account's key is kept. */
  readonly folder: string;
};

/** Wei that a few batches cost at most. */
const FUNDS_LEAST = 10n ** 17n;

async function openPayer(chain: Chain, folder: string): Promise<Signer> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, "payer.key");
  await writeFile(file, createPrivateKey(systemRandom), { flag: "wx", mode: 0o600 }).catch(() => undefined); // made by an earlier start
  return connectSigner(chain, (await readFile(file, "utf8")).trim());
}

async function ensureFunds({ chain, devnetUrl }: DirectOptions, payer: Signer): Promise<void> {
  const isRich = async (): Promise<boolean> => (await chain.provider.getBalance(payer.address)) >= FUNDS_LEAST;
  if (await isRich()) return;
  const body = JSON.stringify({ address: payer.address });
  await fetch(`${devnetUrl}/devnet/faucet`, { method: "POST", headers: { "content-type": "application/json" }, body, signal: AbortSignal.timeout(30_000) });
  for (let attempt = 0; attempt < 40; attempt += 1) {
    if (await isRich()) return;
    await delay(500);
  }
  throw new AppError("chain.insufficient-funds", "The local faucet did not fill up the fleets' account.");
}

/** Encrypts contributions and sends them to the chain without the site: the way that needs nothing but the local network. */
export function deliverDirectly(options: DirectOptions): Deliver {
  const { chain, deployment, accounts, proverBinary, folder } = options;
  return async (items, journal) => {
    if (items.length === 0) return;
    const sender = await openPayer(chain, folder);
    await ensureFunds(options, sender);
    const fhe: NodeFheClient = await createFheClient(deployment, { proverBinary });
    try {
      const { chainId, addresses } = chain.network;
      const tickets = localTickets(accounts.ticketSigner, { chainId, verifyingContract: addresses.histogram });
      await contribute(items, { chain, sender, fhe, journal, tickets, random: systemRandom });
    } finally {
      fhe.close();
    }
  };
}
