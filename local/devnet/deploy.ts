import { readFile } from "node:fs/promises";
import path from "node:path";
import { AbiCoder, concat, computeAddress, getCreateAddress, id, Interface } from "ethers";
import type { Logger } from "pino";
import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import { isHex, type Hex } from "@/lib/kernel/hex";
import type { LocalAccounts } from "@/lib/platform/deployment";
import type { Chain } from "@/local/devnet/chain";
import { readContract } from "@/local/devnet/contract-call";
import { checkDeployedCode } from "@/local/devnet/deployed-code";
import { createLocalSender, type LocalSender } from "@/local/devnet/local-sender";

export type ProductContracts = { histogram: string; marketplace: string; token: string; deployBlock: number };

export type DeployOptions = {
  chain: Chain;
  accounts: LocalAccounts;
  /** Hardhat's output, `contracts/artifacts`. */
  artifactsFolder: string;
  /** The devnet's folder, where what was deployed is remembered. */
  folder: string;
  log: Logger;
};

const artifactSchema = z.object({ bytecode: z.string().refine(isHex) });

async function readBytecode(folder: string, source: string): Promise<Hex> {
  const name = path.basename(source, ".sol");
  const file = path.join(folder, "src", source, `${name}.json`);
  try {
    return artifactSchema.parse(JSON.parse(await readFile(file, "utf8"))).bytecode;
  } catch (cause) {
    throw new AppError("config.invalid", `${file} is missing or malformed. Run npm run compile -w contracts.`, { cause });
  }
}

type Creation = { source: string; address: string; constructorArguments: readonly string[] };

/** The admin's first transactions make the contracts, so that their addresses are known beforehand. */
function planCreations(admin: string): { histogram: Creation; marketplace: Creation; token: Creation } {
  const address = (nonce: number): string => getCreateAddress({ from: admin, nonce });
  const histogram = address(0);
  return {
    histogram: { source: "demo/DemoTrafficHistogram.sol", address: histogram, constructorArguments: [admin] },
    marketplace: { source: "market/TrafficDataMarketplace.sol", address: address(1), constructorArguments: [admin, histogram] },
    token: { source: "token/TestDollar.sol", address: address(2), constructorArguments: [] },
  };
}

async function create(chain: Chain, sender: LocalSender, creation: Creation & { artifactsFolder: string; nonce: number }): Promise<Hex | undefined> {
  const code = await chain.call("eth_getCode", [creation.address, "latest"]);
  if (code !== "0x") return undefined;
  if ((await sender.nonce()) !== creation.nonce) throw new AppError("config.invalid", `${creation.source} was not deployed when its turn was. Run npm run reset.`);
  const types = creation.constructorArguments.map(() => "address");
  const encoded = AbiCoder.defaultAbiCoder().encode(types, creation.constructorArguments);
  return sender.send({ data: concat([await readBytecode(creation.artifactsFolder, creation.source), encoded]), gasLimit: 16_000_000 });
}

const accessControl = new Interface(["function hasRole(bytes32 role, address account) view returns (bool)", "function grantRole(bytes32 role, address account)"]);

type Grant = { contract: string; role: string; account: string };

/** The admin keeps what is done seldom and by hand; everything that runs by itself has a key of its own. */
function planGrants(contracts: Omit<ProductContracts, "deployBlock">, accounts: LocalAccounts): Grant[] {
  const { histogram, marketplace } = contracts;
  const admin = computeAddress(accounts.admin);
  return [
    { contract: histogram, role: "CURATOR_ROLE", account: computeAddress(accounts.curator) },
    { contract: histogram, role: "TICKET_SIGNER_ROLE", account: computeAddress(accounts.ticketSigner) },
    { contract: histogram, role: "MARKETPLACE_ROLE", account: marketplace },
    { contract: histogram, role: "PAUSER_ROLE", account: admin },
    { contract: marketplace, role: "CURATOR_ROLE", account: computeAddress(accounts.curator) },
    { contract: marketplace, role: "QUOTE_SIGNER_ROLE", account: computeAddress(accounts.quoteSigner) },
    { contract: marketplace, role: "SELLER_ROLE", account: computeAddress(accounts.seller) },
    { contract: marketplace, role: "REFUNDER_ROLE", account: admin },
    { contract: marketplace, role: "PAUSER_ROLE", account: admin },
    { contract: marketplace, role: "ACCOUNTANT_ROLE", account: admin },
  ];
}

async function grant(chain: Chain, sender: LocalSender, { contract, role, account }: Grant): Promise<Hex | undefined> {
  const args = [id(role), account];
  const [has] = await readContract(chain, { address: contract, abi: accessControl, name: "hasRole", args });
  if (has === true) return undefined;
  return sender.send({ to: contract, data: accessControl.encodeFunctionData("grantRole", args), gasLimit: 200_000 });
}

const logsSchema = z.array(z.object({ blockNumber: z.string().transform(Number) })).min(1);

/** Its constructor grants the admin's role, so a contract's first log is in the block that made it. */
async function findCreationBlock(chain: Chain, contract: string): Promise<number> {
  const logs = logsSchema.parse(await chain.call("eth_getLogs", [{ address: contract, fromBlock: "0x0", toBlock: "latest" }]));
  return Math.min(...logs.map(({ blockNumber }) => blockNumber));
}

/**
 * Deploys the product's contracts and grants the roles, as far as that has not been done; safe to repeat, also after
 * having been interrupted. Throws `config.invalid` when artifacts are missing, have another interface than what stands there, or
 * the chain is not one that this made.
 */
export async function deployContracts({ chain, accounts, artifactsFolder, folder, log }: DeployOptions): Promise<ProductContracts> {
  const sender = createLocalSender(chain, accounts.admin);
  await chain.mine(); // what an interrupted start has sent is in a block now
  const plan = planCreations(sender.address);
  const isNew = (await chain.call("eth_getCode", [plan.histogram.address, "latest"])) === "0x";
  const sources = [plan.histogram, plan.marketplace, plan.token].map(({ source }) => source);
  const older = await checkDeployedCode({ folder, artifactsFolder, sources, isNew });
  if (older.length > 0) log.warn({ contracts: older }, "the chain goes on with the contracts that it was made with; npm run reset deploys the changed ones");
  const created: Hex[] = [];
  for (const [nonce, creation] of [plan.histogram, plan.marketplace, plan.token].entries()) {
    const hash = await create(chain, sender, { ...creation, artifactsFolder, nonce });
    if (hash !== undefined) created.push(hash);
  }
  await sender.settle(created);
  const contracts = { histogram: plan.histogram.address, marketplace: plan.marketplace.address, token: plan.token.address };
  const granted: Hex[] = [];
  for (const one of planGrants(contracts, accounts)) {
    const hash = await grant(chain, sender, one);
    if (hash !== undefined) granted.push(hash);
  }
  await sender.settle(granted);
  return { ...contracts, deployBlock: await findCreationBlock(chain, contracts.histogram) };
}
