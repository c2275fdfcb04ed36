import { AppError } from "@/lib/kernel/errors";
import { checkTarget, type Check } from "@/lib/chain/data/check-target";
import { connectChain, type Chain } from "@/lib/chain/gateway/provider";
import { addressOfKey, connectSigner } from "@/lib/chain/gateway/signer";
import { weiOfGwei } from "@/lib/chain/model/gas-price";
import { deployProduct, type DeployedProduct } from "@/lib/chain/mutations/deploy-product";
import type { PublicNetwork } from "@/lib/fhe/gateway/public-networks";
import type { Output } from "@/scripts/cli/output";
import { readProductCode } from "@/scripts/deploy/artifacts";
import { checkRelayer } from "@/scripts/deploy/check-relayer";
import { openRecord } from "@/scripts/deploy/record";
import type { DeploySettings } from "@/scripts/deploy/settings";

/** Two creations of some 5 and 4.5 million gas, ten grants, one setting, and a fifth more. */
const gasNeeded = 13_000_000n;
const zero = `0x${"0".repeat(40)}`;

export type DeployRun = {
  network: PublicNetwork;
  settings: DeploySettings;
  /** Where NETWORK.json is kept. */
  folder: string;
  isDryRun: boolean;
  output: Output;
  /** Milliseconds that a transaction may take into a block. */
  timeoutMs?: number;
  /** This machine's time, unix seconds. */
  nowSeconds?: () => number;
};

function openTarget({ network, settings }: DeployRun): Chain {
  const addresses = { acl: network.addresses.acl, histogram: zero, marketplace: zero, token: settings.token };
  return connectChain({ chainId: network.chainId, rpcUrl: settings.rpcUrl, deployBlock: 0, addresses });
}

async function check(run: DeployRun, chain: Chain): Promise<Check[]> {
  const { network, settings } = run;
  const { acl, executor, kmsVerifier, inputVerifier } = network.addresses;
  return [
    ...(await checkTarget({
      chain,
      deployer: addressOfKey(settings.deployerKey),
      hosts: { acl, executor, kmsVerifier, inputVerifier },
      gasPriceMaxGwei: settings.gasPriceMax,
      gasNeeded,
      allowsStandIns: network.allowsStandIns,
      nowSeconds: run.nowSeconds?.() ?? Date.now() / 1000,
    })),
    await checkRelayer({ relayerUrl: settings.relayerUrl, apiKey: settings.relayerApiKey }),
  ];
}

/**
 * Checks, and unless it is a dry run, deploys; safe to repeat. Resolves to undefined after a dry run.
 * Throws `config.invalid` when a check is not well; nothing was sent then.
 */
export async function runDeploy(run: DeployRun): Promise<DeployedProduct | undefined> {
  const { network, settings, output, isDryRun } = run;
  const code = { histogram: await readProductCode("histogram/TrafficHistogram.sol"), marketplace: await readProductCode("market/TrafficDataMarketplace.sol") };
  const chain = openTarget(run);
  const checks = await check(run, chain);
  for (const { name, ok, detail } of checks) {
    output.say(`  ${ok ? "✓" : "✗"} ${name.padEnd(24)} ${detail}`);
    output.emit({ type: "check", name, ok, detail });
  }
  const bad = checks.filter(({ ok }) => !ok).length;
  if (bad > 0) throw new AppError("config.invalid", `${bad} of ${checks.length} checks of ${network.name} are not well, see above. Nothing was sent.`);
  if (isDryRun) {
    output.say(`All ${checks.length} checks of ${network.name} are well. Nothing was sent.`);
    return undefined;
  }
  const deployer = connectSigner(chain, settings.deployerKey);
  const record = await openRecord({ folder: run.folder, network, deployer: deployer.address });
  const product = await deployProduct({
    chain, deployer, code, journal: record, roles: settings.roles, confirmations: network.confirmations,
    gasCeiling: weiOfGwei(settings.gasPriceMax),
    timeoutMs: run.timeoutMs ?? 600_000,
    onStep: (step, what) => {
      output.say(`  ${what === "sent" ? "…" : "✓"} ${step}: ${what}`);
      output.emit({ type: "step", step, what });
    },
  });
  await record.complete({ ...product, token: settings.token }, settings);
  output.say(`Deployed to ${network.name}, kept in ${record.file}: commit it.`);
  output.emit({ type: "deployed", network: network.name, ...product });
  return product;
}
