import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { Contract, id, JsonRpcProvider } from "ethers";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { PublicNetwork } from "@/lib/fhe/gateway/public-networks";
import { deploymentSchema } from "@/lib/platform/deployment";
import { DevnetFixture, type Actor } from "@/local/devnet/testing/devnet-fixture";
import type { Output } from "@/scripts/cli/output";
import { runDeploy, type DeployRun } from "@/scripts/deploy/deploy";

let fixture: DevnetFixture;
let deployer: Actor;
let folder = "";
let said: string[] = [];

beforeAll(async () => {
  fixture = await DevnetFixture.start("clear");
});
afterAll(() => fixture.remove());

beforeEach(async () => {
  deployer = await fixture.createActor();
  folder = await mkdtemp(path.join(os.tmpdir(), "deployments-"));
  said = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const role = (digit: string): string => `0x${digit.repeat(40)}`;

function network(changes: Partial<PublicNetwork> = {}): PublicNetwork {
  const { chainId, gatewayChainId, relayerUrl, addresses } = fixture.devnet.deployment;
  return { name: "posing", chainId, gatewayChainId, relayerUrl, addresses, confirmations: 95, needsApiKey: false, allowsStandIns: true, ...changes };
}

/** `stopAt` breaks the run off when that is said, as a kill does. */
function createOutput(stopAt?: string): Output {
  return {
    isJson: true,
    say: (text) => {
      said.push(text.trim());
      if (stopAt !== undefined && text.includes(stopAt)) throw new Error("broken off");
    },
    emit: () => undefined,
    progress: () => ({ update: () => undefined, stop: () => undefined }),
  };
}

type Changes = { network?: Partial<PublicNetwork>; isDryRun?: boolean; stopAt?: string; settings?: Partial<DeployRun["settings"]> };

function deploy(changes: Changes = {}): ReturnType<typeof runDeploy> {
  const { rpcUrl, relayerUrl, addresses } = fixture.devnet.deployment;
  return runDeploy({
    network: network(changes.network),
    folder,
    isDryRun: changes.isDryRun ?? false,
    output: createOutput(changes.stopAt),
    nowSeconds: () => fixture.devnet.chain.head.timestamp, // blocks mined at once run ahead of the clock
    settings: {
      rpcUrl, relayerUrl, relayerApiKey: null, deployerKey: deployer.privateKey, token: addresses.token, gasPriceMax: 100,
      roles: { curator: role("1"), ticketSigner: role("2"), quoteSigner: role("3"), seller: role("4"), refunder: role("5") },
      ...changes.settings,
    },
  });
}

async function countSent(): Promise<number> {
  return Number(await fixture.rpc("eth_getTransactionCount", [deployer.address, "latest"]));
}

/** Two creations, ten grants, one setting. */
const transactions = 13;

test("a dry run looks at everything and sends nothing", async () => {
  expect(await deploy({ isDryRun: true })).toBeUndefined();
  expect(await countSent()).toBe(0);
  expect(existsSync(path.join(folder, "posing.json"))).toBe(false);
  expect(said.filter((line) => line.startsWith("✓"))).toHaveLength(11);
});

test("a deployment stands with its roles, is kept, and a second run sends nothing", async () => {
  const product = await deploy();
  expect(await countSent()).toBe(transactions);
  const kept = deploymentSchema.parse(JSON.parse(readFileSync(path.join(folder, "posing.json"), "utf8")));
  expect(kept).toMatchObject({ engine: "network", devnetUrl: null, deployBlock: product?.deployBlock, addresses: { histogram: product?.histogram, marketplace: product?.marketplace } });
  const provider = new JsonRpcProvider(fixture.devnet.deployment.rpcUrl);
  const abi = ["function hasRole(bytes32,address) view returns (bool)", "function confirmations() view returns (uint64)"];
  const [histogram, marketplace] = [kept.addresses.histogram, kept.addresses.marketplace].map((address) => new Contract(address, abi, provider));
  expect(await histogram?.getFunction("hasRole")(id("TICKET_SIGNER_ROLE"), role("2"))).toBe(true);
  expect(await histogram?.getFunction("hasRole")(id("MARKETPLACE_ROLE"), kept.addresses.marketplace)).toBe(true);
  expect(await marketplace?.getFunction("hasRole")(id("SELLER_ROLE"), role("4"))).toBe(true);
  expect(await marketplace?.getFunction("confirmations")()).toBe(95n);
  provider.destroy();
  expect(await deploy()).toEqual(product);
  expect(await countSent()).toBe(transactions);
});

test.each(["histogram: sent", "histogram: done", "marketplace: sent", "TICKET_SIGNER_ROLE to 0x2222222222222222222222222222222222222222: sent", "95 confirmations: sent", "95 confirmations: done"])(
  "broken off at \"%s\", the next run goes on and nothing is sent twice",
  async (stopAt) => {
    await expect(deploy({ stopAt })).rejects.toThrow();
    expect(await deploy()).toMatchObject({ histogram: expect.stringMatching(/^0x/) });
    expect(await countSent()).toBe(transactions);
  },
);

test("a transaction that another one overtook is made anew", async () => {
  await expect(deploy({ stopAt: "histogram: sent" })).rejects.toThrow();
  await deployer.send({ to: role("9"), data: "0x" });
  const product = await deploy();
  expect(await countSent()).toBe(transactions + 1);
  expect(await fixture.rpc("eth_getCode", [product?.histogram, "latest"])).not.toBe("0x");
});

test("a file that another account began is left alone", async () => {
  await deploy();
  const other = await fixture.createActor();
  await expect(deploy({ settings: { deployerKey: other.privateKey } })).rejects.toMatchObject({ code: "config.invalid", message: expect.stringContaining("was begun by") });
});

const away = "http://127.0.0.1:1/v2";

test.each<[string, Changes, string]>([
  ["another chain", { network: { chainId: 11_155_111 } }, "✗ chain"],
  ["no protocol there", { network: { addresses: { acl: role("7"), executor: role("7"), kmsVerifier: role("7"), inputVerifier: role("7"), decryption: role("7"), inputVerification: role("7") } } }, "✗ protocol: executor"],
  ["a development node", { network: { allowsStandIns: false } }, "✗ node"],
  ["the test token", { network: { allowsStandIns: false } }, "✗ token"],
  ["no relayer", { settings: { relayerUrl: away } }, "✗ relayer"],
  ["gas above the ceiling", { settings: { gasPriceMax: 0.000001 } }, "✗ gas price"],
  ["an empty account", { settings: { deployerKey: `0x${"6".repeat(64)}` } }, "✗ balance"],
])("%s is found before anything is sent", async (_, changes, expected) => {
  await expect(deploy(changes)).rejects.toMatchObject({ code: "config.invalid", message: expect.stringContaining("Nothing was sent") });
  expect(said.some((line) => line.startsWith(expected))).toBe(true);
  expect(await countSent()).toBe(0);
});
