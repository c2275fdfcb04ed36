import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import type { StepRecord } from "@/lib/chain/model/deploy-plan";
import type { DeployedProduct, DeployJournal } from "@/lib/chain/mutations/deploy-product";
import type { PublicNetwork } from "@/lib/fhe/gateway/public-networks";
import type { Deployment } from "@/lib/platform/deployment";
import { replaceFile } from "@/local/devnet/durable-file";

const stepSchema = z.object({ transaction: z.string(), nonce: z.number().int(), raw: z.string().optional(), address: z.string().optional(), block: z.number().int().optional() });
const recordSchema = z.looseObject({ chainId: z.number().int(), deployer: z.string(), steps: z.record(z.string(), stepSchema) });
type RecordFile = z.infer<typeof recordSchema>;

/** The deployment of one network, kept in contracts/deployments/NETWORK.json: commit it. */
export type DeploymentRecord = DeployJournal & {
  readonly file: string;
  /** Writes what site and worker read. */
  complete(product: DeployedProduct & { token: string }, urls: { rpcUrl: string; relayerUrl: string }): Promise<void>;
};

async function readRecord(file: string, fresh: RecordFile): Promise<RecordFile> {
  if (!existsSync(file)) return fresh;
  const parsed = recordSchema.safeParse(JSON.parse(await readFile(file, "utf8")));
  if (!parsed.success) throw new AppError("config.invalid", `${file} is malformed: ${z.prettifyError(parsed.error)}`);
  if (parsed.data.chainId !== fresh.chainId) throw new AppError("config.invalid", `${file} is of chain ${parsed.data.chainId}, not ${fresh.chainId}.`);
  if (parsed.data.deployer.toLowerCase() !== fresh.deployer.toLowerCase()) {
    throw new AppError("config.invalid", `${file} was begun by ${parsed.data.deployer}. Go on with that DEPLOYER_KEY, or move the file away to deploy anew.`);
  }
  return parsed.data;
}

function describe(network: PublicNetwork, { token, ...product }: DeployedProduct & { token: string }, urls: { rpcUrl: string; relayerUrl: string }): Deployment {
  const { histogram, marketplace, deployBlock } = product;
  return {
    chainId: network.chainId,
    gatewayChainId: network.gatewayChainId,
    // Addresses of RPC services carry keys: the file is committed, RPC_URL says where the chain is.
    rpcUrl: new URL(urls.rpcUrl).origin,
    relayerUrl: urls.relayerUrl,
    devnetUrl: null,
    engine: "network",
    addresses: { ...network.addresses, histogram, marketplace, token },
    deployBlock,
  };
}

/** Opens a network's record, or begins one. Throws `config.invalid` when it is another chain's or another deployer's. */
export async function openRecord({ folder, network, deployer }: { folder: string; network: PublicNetwork; deployer: string }): Promise<DeploymentRecord> {
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, `${network.name}.json`);
  const record = await readRecord(file, { chainId: network.chainId, deployer, steps: {} });
  const steps = new Map<string, StepRecord>(Object.entries(record.steps));
  let facts: Partial<Deployment> = {};
  const save = (): Promise<void> => replaceFile(file, `${JSON.stringify({ ...record, ...facts, steps: Object.fromEntries(steps) }, null, 2)}\n`);
  return {
    file,
    read: (step) => steps.get(step),
    write: async (step, one) => {
      if (one === undefined) steps.delete(step);
      else steps.set(step, one);
      await save();
    },
    complete: async (product, urls) => {
      facts = describe(network, product, urls);
      await save();
    },
  };
}
