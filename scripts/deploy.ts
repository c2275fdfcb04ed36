import path from "node:path";
import { AppError } from "@/lib/kernel/errors";
import { publicNetworks, type PublicNetwork } from "@/lib/fhe/gateway/public-networks";
import { env } from "@/lib/platform/env";
import { readArguments, runCommand } from "@/scripts/cli/run";
import { runDeploy } from "@/scripts/deploy/deploy";
import { readDeploySettings } from "@/scripts/deploy/settings";

const usage = `Usage: npm run deploy -- --network sepolia|mainnet [--dry-run] [--json]

Deploys the contracts and grants the roles; safe to repeat, also after having been interrupted: each transaction is
kept in contracts/deployments/NETWORK.json before it is sent.

--dry-run  checks keys, balance, gas price, chain, protocol contracts and relayer, and sends nothing
What must be set: docs/networks.md`;

function findNetwork(name: string | undefined): PublicNetwork {
  if (name === "local" || name === "31337") throw new AppError("usage.invalid", `The local network deploys by itself: npm start.\n\n${usage}`);
  const network = Object.values(publicNetworks).find((candidate) => candidate.name === name);
  if (network === undefined) throw new AppError("usage.invalid", `--network must be one of ${Object.keys(publicNetworks).join(", ")}.\n\n${usage}`);
  return network;
}

await runCommand(async (output) => {
  const { values } = readArguments({ options: { network: { type: "string" }, "dry-run": { type: "boolean", default: false }, json: { type: "boolean", default: false } } }, usage);
  const network = findNetwork(typeof values.network === "string" ? values.network : undefined);
  const settings = readDeploySettings(env(), network);
  await runDeploy({ network, settings, folder: path.join("contracts", "deployments"), isDryRun: values["dry-run"] === true, output });
});
