import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { AppError } from "@/lib/kernel/errors";
import { systemRandom } from "@/lib/kernel/random";
import { delay } from "@/lib/kernel/time";
import { addressOfKey, connectSigner, createPrivateKey, type Signer } from "@/lib/chain/gateway/signer";
import type { Chain } from "@/lib/chain/gateway/provider";
import { getTokenBalance } from "@/lib/chain/gateway/token";
import { localChainId } from "@/lib/chain/model/network";
import { env } from "@/lib/platform/env";
import type { Deployment } from "@/lib/platform/deployment";

/** Wei below which an account is filled up. */
const gasLeast = 10n ** 18n;

async function readOrMakeKey(name: string): Promise<string> {
  const folder = path.join(env().LOCAL_DIR, "keys");
  const file = path.join(folder, `${name}.key`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const made = await writeFile(file, `${createPrivateKey(systemRandom)}\n`, { flag: "wx", mode: 0o600 }).then(() => true, () => false);
  const key = (await readFile(file, "utf8")).trim();
  if (key !== "") return key;
  throw new AppError("config.invalid", `${file} is empty${made ? "" : "; delete it and run again"}.`);
}

/** The key of an account that pays: given by the environment, or one made and kept in LOCAL_DIR (mode 0600) on chain 31337. */
export async function openAccount(chain: Chain, { name, givenKey, variable }: { name: string; givenKey: string | undefined; variable: string }): Promise<Signer> {
  if (givenKey !== undefined) return connectSigner(chain, givenKey);
  if (chain.network.chainId !== localChainId) throw new AppError("config.invalid", `Set ${variable}: the key of the account that pays.`);
  return connectSigner(chain, await readOrMakeKey(name));
}

async function askFaucet(devnetUrl: string, address: string): Promise<void> {
  const response = await fetch(`${devnetUrl}/devnet/faucet`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ address }),
    signal: AbortSignal.timeout(30_000),
  }).catch((cause: unknown) => {
    throw new AppError("chain.unreachable", `The local faucet at ${devnetUrl} does not answer. Is npm start running?`, { cause });
  });
  if (response.ok || response.status === 429) return; // asked less than a minute ago: what it gave is on its way
  throw new AppError("chain.insufficient-funds", `The local faucet gives nothing (HTTP ${response.status}).`);
}

/**
 * Makes sure that an account can pay. On chain 31337 the faucet fills it up; elsewhere an empty account is an error
 * that names its address. `tokens` is the least balance of the test token.
 */
export async function ensureFunds(chain: Chain, signer: Signer, options: { deployment: Deployment; tokens?: bigint }): Promise<void> {
  const { deployment, tokens = 0n } = options;
  const isRich = async (): Promise<boolean> => {
    const [gas, balance] = await Promise.all([chain.provider.getBalance(signer.address), tokens === 0n ? 0n : getTokenBalance(chain, signer.address)]);
    return gas >= (deployment.devnetUrl === null ? 1n : gasLeast) && balance >= tokens;
  };
  if (await isRich()) return;
  if (deployment.devnetUrl === null) {
    throw new AppError("chain.insufficient-funds", `The account ${signer.address} can't pay. Send it some ether${tokens > 0n ? " and tokens" : ""}.`);
  }
  await askFaucet(deployment.devnetUrl, signer.address);
  for (let attempt = 0; attempt < 60; attempt += 1) {
    if (await isRich()) return;
    await delay(500);
  }
  throw new AppError("chain.insufficient-funds", `The faucet did not fill up ${addressOfKey(signer.privateKey)}. Try again in a minute.`);
}
