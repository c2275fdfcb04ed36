import { AbiCoder, concat, getCreateAddress, id, Interface, Transaction, type TransactionRequest } from "ethers";
import { AppError } from "@/lib/kernel/errors";
import { readFees } from "@/lib/chain/gateway/gas-price";
import type { Chain } from "@/lib/chain/gateway/provider";
import { toAppError } from "@/lib/chain/gateway/revert";
import type { Signer } from "@/lib/chain/gateway/signer";
import { broadcast, gasPerTransactionMax, waitForReceipt } from "@/lib/chain/gateway/transaction";
import { planGrants, type DeployRoles, type StepRecord } from "@/lib/chain/model/deploy-plan";

/** Remembers each transaction before it is sent; `write` must be on disk when it resolves. */
export type DeployJournal = {
  read(step: string): StepRecord | undefined;
  write(step: string, record: StepRecord | undefined): Promise<void>;
};

export type DeployOptions = {
  chain: Chain;
  deployer: Signer;
  journal: DeployJournal;
  /** Creation code of the two contracts. */
  code: { histogram: string; marketplace: string };
  roles: DeployRoles;
  /** Blocks that a release and a purchase must be deep before a reader may open them. */
  confirmations: number;
  /** Wei a unit of gas may cost; null for whatever the chain asks. */
  gasCeiling: bigint | null;
  /** Milliseconds that a transaction may take into a block. */
  timeoutMs: number;
  onStep(step: string, what: "sent" | "done" | "was done"): void;
};

export type DeployedProduct = { histogram: string; marketplace: string; deployBlock: number };

type Step = { name: string; request: TransactionRequest; /** Whether it has been done already, by whomever. */ isDone?: () => Promise<boolean> };

const administration = new Interface([
  "function hasRole(bytes32 role, address account) view returns (bool)",
  "function grantRole(bytes32 role, address account)",
  "function confirmations() view returns (uint64)",
  "function setConfirmations(uint64 confirmations)",
]);

async function read(chain: Chain, { to, name, args = [] }: { to: string; name: string; args?: unknown[] }): Promise<unknown> {
  const answer = await chain.provider.call({ to, data: administration.encodeFunctionData(name, args) });
  return administration.decodeFunctionResult(name, answer)[0];
}

async function sign({ chain, deployer, gasCeiling }: DeployOptions, request: TransactionRequest): Promise<StepRecord> {
  const fees = await readFees(chain, { ceiling: gasCeiling });
  const estimate = await deployer.estimateGas(request);
  const roomy = (estimate * 6n) / 5n + 20_000n;
  const nonce = await chain.provider.getTransactionCount(deployer.address, "latest");
  const raw = await deployer.signTransaction({ ...request, ...fees, type: 2, chainId: chain.network.chainId, nonce, gasLimit: roomy < gasPerTransactionMax ? roomy : gasPerTransactionMax });
  const { hash } = Transaction.from(raw);
  if (hash === null) throw new AppError("internal", "A signed transaction has no hash.");
  return { transaction: hash, nonce, raw, ...(request.to === undefined || request.to === null ? { address: getCreateAddress({ from: deployer.address, nonce }) } : {}) };
}

/** Brings a remembered transaction into a block; undefined when another one took its number, so that it never will be. */
async function settle({ chain, deployer, timeoutMs }: DeployOptions, { name, record }: { name: string; record: StepRecord }): Promise<StepRecord | undefined> {
  const { transaction: hash, raw, nonce } = record;
  const known = await chain.provider.getTransactionReceipt(hash);
  if (known === null) {
    if ((await chain.provider.getTransactionCount(deployer.address, "latest")) > nonce) return undefined;
    if (raw === undefined) throw new AppError("chain.wrong-network", `${name}: transaction ${hash} is remembered as done, and this chain does not know it. Check RPC_URL, or whether the chain was reset.`);
    await broadcast(chain, { raw, hash });
  }
  const receipt = known ?? (await waitForReceipt(chain, hash, { what: name, timeoutMs }));
  if (receipt.status !== 1) throw new AppError("chain.reverted", `${name}: transaction ${hash} failed (${receipt.gasUsed} gas used). Remove this step from the record when its cause is mended, and run again.`);
  return { transaction: hash, nonce, block: receipt.blockNumber, ...(record.address === undefined ? {} : { address: record.address }) };
}

/** Does a step once, whatever was interrupted before. */
async function runStep(options: DeployOptions, { name, request, isDone }: Step): Promise<StepRecord | undefined> {
  const { journal, onStep } = options;
  try {
    const earlier = journal.read(name);
    if (earlier !== undefined) {
      const settled = await settle(options, { name, record: earlier });
      await journal.write(name, settled);
      if (settled !== undefined) {
        onStep(name, "was done");
        return settled;
      }
    }
    if ((await isDone?.()) === true) {
      onStep(name, "was done");
      return undefined;
    }
    const record = await sign(options, request);
    await journal.write(name, record);
    onStep(name, "sent");
    const settled = await settle(options, { name, record });
    await journal.write(name, settled);
    if (settled === undefined) throw new AppError("chain.refused", `${name}: another transaction of the same account came first. Run again, with nothing else using this key.`);
    onStep(name, "done");
    return settled;
  } catch (error) {
    throw toAppError(error, { what: name });
  }
}

async function create(options: DeployOptions, { name, code, args }: { name: string; code: string; args: readonly string[] }): Promise<{ address: string; block: number }> {
  const data = concat([code, AbiCoder.defaultAbiCoder().encode(args.map(() => "address"), args)]);
  const { address, block } = (await runStep(options, { name, request: { data } })) ?? {};
  if (address === undefined || block === undefined) throw new AppError("internal", `${name} has no address.`);
  if ((await options.chain.provider.getCode(address)) === "0x") throw new AppError("chain.wrong-network", `${name} was made at ${address}, and there is no code. Check RPC_URL.`);
  return { address, block };
}

async function configure(options: DeployOptions, contracts: { histogram: string; marketplace: string }): Promise<void> {
  const { chain, deployer, roles, confirmations } = options;
  for (const { contract, role, account } of planGrants(roles, { admin: deployer.address, marketplace: contracts.marketplace })) {
    const to = contracts[contract];
    const args = [id(role), account];
    await runStep(options, {
      name: `${contract}: ${role} to ${account}`,
      request: { to, data: administration.encodeFunctionData("grantRole", args) },
      isDone: async () => (await read(chain, { to, name: "hasRole", args })) === true,
    });
  }
  await runStep(options, {
    name: `marketplace: ${confirmations} confirmations`,
    request: { to: contracts.marketplace, data: administration.encodeFunctionData("setConfirmations", [confirmations]) },
    isDone: async () => Number(await read(chain, { to: contracts.marketplace, name: "confirmations" })) === confirmations,
  });
}

/**
 * Deploys histogram and marketplace, grants the roles and sets the confirmations. Each transaction is remembered, signed,
 * before it is sent, so that a run that was killed at any point goes on where it was, and nothing is done twice.
 * Throws `chain.gas-price` above the ceiling, `chain.insufficient-funds`, `chain.timeout`, `chain.reverted`.
 */
export async function deployProduct(options: DeployOptions): Promise<DeployedProduct> {
  const admin = options.deployer.address;
  const histogram = await create(options, { name: "histogram", code: options.code.histogram, args: [admin] });
  const marketplace = await create(options, { name: "marketplace", code: options.code.marketplace, args: [admin, histogram.address] });
  const contracts = { histogram: histogram.address, marketplace: marketplace.address };
  await configure(options, contracts);
  return { ...contracts, deployBlock: histogram.block };
}
