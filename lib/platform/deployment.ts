import "server-only";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import { env, type Env } from "@/lib/platform/env";

const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/);

/** Where the contracts and services of one network are. Written by the local devnet, or by `npm run deploy` elsewhere. */
export const deploymentSchema = z.object({
  chainId: z.number().int().positive(),
  gatewayChainId: z.number().int().positive(),
  rpcUrl: z.url(),
  relayerUrl: z.url(),
  devnetUrl: z.url().nullable().default(null),
  engine: z.enum(["tfhe", "clear", "network"]),
  addresses: z.object({
    acl: address,
    executor: address,
    kmsVerifier: address,
    inputVerifier: address,
    decryption: address,
    inputVerification: address,
    histogram: address,
    marketplace: address,
    token: address,
  }),
  deployBlock: z.number().int().min(0),
});

export type Deployment = z.infer<typeof deploymentSchema>;

const privateKey = z.string().regex(/^0x[0-9a-fA-F]{64}$/);

/** The local devnet's role keys. They exist on chain 31337 only. */
export const localAccountsSchema = z.object({
  admin: privateKey,
  curator: privateKey,
  ticketSigner: privateKey,
  quoteSigner: privateKey,
  seller: privateKey,
  faucet: privateKey,
});

export type LocalAccounts = z.infer<typeof localAccountsSchema>;

async function readJson(file: string, hint: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw new AppError("config.invalid", `${file} is not there. ${hint}`, { cause });
  }
  return JSON.parse(text);
}

/**
 * The deployment that this process works with.
 * Throws `config.invalid` when the file is missing (the devnet has not started yet) or malformed.
 */
export async function readDeployment(settings: Env = env()): Promise<Deployment> {
  const file =
    settings.NETWORK === "local"
      ? path.join(settings.LOCAL_DIR, "deployment.json")
      : path.join("contracts", "deployments", `${settings.NETWORK}.json`);
  const hint = settings.NETWORK === "local" ? "Start the local network first: npm start." : "Deploy the contracts first.";
  const parsed = deploymentSchema.safeParse(await readJson(file, hint));
  if (!parsed.success) {
    const remedy = settings.NETWORK === "local" ? "Run npm run reset." : `If the deployment was interrupted, finish it: npm run deploy -- --network ${settings.NETWORK}.`;
    throw new AppError("config.invalid", `${file} is incomplete: ${z.prettifyError(parsed.error)}\n${remedy}`);
  }
  return applyOverrides(parsed.data, settings);
}

function applyOverrides(deployment: Deployment, settings: Env): Deployment {
  return {
    ...deployment,
    rpcUrl: settings.RPC_URL ?? deployment.rpcUrl,
    relayerUrl: settings.RELAYER_URL ?? deployment.relayerUrl,
    deployBlock: settings.DEPLOY_BLOCK ?? deployment.deployBlock,
    addresses: {
      ...deployment.addresses,
      histogram: settings.HISTOGRAM_ADDRESS ?? deployment.addresses.histogram,
      marketplace: settings.MARKETPLACE_ADDRESS ?? deployment.addresses.marketplace,
      token: settings.TOKEN_ADDRESS ?? deployment.addresses.token,
    },
  };
}

/** The devnet's role keys; throws `config.invalid` on any network but the local one. */
export async function readLocalAccounts(settings: Env = env()): Promise<LocalAccounts> {
  if (settings.NETWORK !== "local") throw new AppError("config.invalid", "Local accounts exist on chain 31337 only.");
  const file = path.join(settings.LOCAL_DIR, "devnet", "accounts.json");
  const parsed = localAccountsSchema.safeParse(await readJson(file, "Start the local network first: npm start."));
  if (!parsed.success) throw new AppError("config.invalid", `${file} is malformed.`);
  return parsed.data;
}
