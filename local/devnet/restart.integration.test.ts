import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { createInstance } from "@zama-fhe/relayer-sdk/node";
import { computeAddress } from "ethers";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { bytesToHex, isHex, type Hex } from "@/lib/kernel/hex";
import { systemRandom } from "@/lib/kernel/random";
import { delay } from "@/lib/kernel/time";
import { deploymentSchema, localAccountsSchema } from "@/lib/platform/deployment";
import { startDevnet } from "@/local/devnet/devnet";
import { callRpc } from "@/local/devnet/json-rpc";
import { findRecorded } from "@/local/devnet/stale-process";
import { attest, putValue } from "@/local/devnet/testing/attested";
import { createSender, makeFolder } from "@/local/devnet/testing/chain-fixture";
import { DevnetFixture, testOptions } from "@/local/devnet/testing/devnet-fixture";
import { DevnetProgram } from "@/local/devnet/testing/devnet-program";
import { proveNatively } from "@/local/devnet/testing/prover";
import { read, sdkConfig } from "@/local/devnet/testing/reader";
import { postInputProof } from "@/local/devnet/testing/relayer-client";

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

async function startFixture(): Promise<DevnetFixture> {
  const fixture = await DevnetFixture.start("clear");
  cleanUps.push(() => fixture.remove());
  return fixture;
}

async function killRecorded(folder: string, file: string): Promise<void> {
  const pid = await findRecorded(path.join(folder, "devnet", file));
  if (pid === undefined) throw new Error(`${file} names no process`);
  process.kill(pid, "SIGKILL");
}

test("after a restart, chain, contracts, accounts and values are what they were", async () => {
  const fixture = await startFixture();
  const { probe } = await fixture.deployProbe();
  const owner = await fixture.createActor();
  const word = await putValue(fixture, { probe, owner, value: 42n, readers: [owner.address] });
  const { deployment, accounts, chain } = fixture.devnet;
  const { head } = chain;
  await fixture.restart();
  expect(fixture.devnet.deployment).toEqual(deployment);
  expect(fixture.devnet.accounts).toEqual(accounts);
  expect(z.object({ hash: z.string() }).parse(await fixture.rpc("eth_getBlockByNumber", [`0x${head.number.toString(16)}`, false])).hash).toBe(head.hash);
  const sdk = await createInstance(sdkConfig(deployment));
  expect(await read(sdk, { handles: [word], contracts: [probe.address], privateKey: owner.privateKey })).toEqual({ [word]: 42n });
});

test("anvil killed again and again among contributions: each is mined once and readable", async () => {
  const fixture = await startFixture();
  const { probe } = await fixture.deployProbe();
  const owner = await fixture.createActor();
  const words: Hex[] = [];
  for (let value = 0; value < 12; value += 1) {
    if (value % 4 === 1) await killRecorded(fixture.options.folder, path.join("chain", "anvil.pid"));
    words.push(await putValue(fixture, { probe, owner, value: BigInt(value), readers: [owner.address] }));
  }
  await killRecorded(fixture.options.folder, path.join("chain", "anvil.pid"));
  const sdk = await createInstance(sdkConfig(fixture.devnet.deployment));
  const values = await read(sdk, { handles: words.slice(4), contracts: [probe.address], privateKey: owner.privateKey });
  expect(words.slice(4).map((word) => values[word])).toEqual([4n, 5n, 6n, 7n, 8n, 9n, 10n, 11n]);
  expect(await fixture.rpc("eth_getTransactionCount", [owner.address, "latest"])).toBe("0xc");
});

test("the engine killed while it checks a proof: the request is answered all the same", async () => {
  const fixture = await startFixture();
  const addresses = { contractAddress: fixture.devnet.deployment.addresses.histogram, userAddress: computeAddress(bytesToHex(systemRandom.bytes(32))) };
  const ciphertext = await proveNatively(await fixture.devnet.engine.material(), { values: [9n], types: [8], ...addresses });
  const answer = postInputProof(fixture.devnet.deployment.relayerUrl, { ciphertext, ...addresses });
  await killRecorded(fixture.options.folder, "engine.pid");
  const { handles } = await answer;
  expect(await fixture.devnet.engine.decrypt(handles)).toEqual([9n]);
});

test("a chain that was rolled back is followed from the fork: what is gone can't be read, what comes instead can", async () => {
  const fixture = await startFixture();
  const { probe } = await fixture.deployProbe();
  const [owner, other] = [await fixture.createActor(), await fixture.createActor()];
  const kept = await putValue(fixture, { probe, owner, value: 1n, readers: [other.address] });
  const gone = await putValue(fixture, { probe, owner, value: 2n, readers: [other.address] });
  const sdk = await createInstance(sdkConfig(fixture.devnet.deployment));
  const readAs = (handles: readonly Hex[]): Promise<unknown> => read(sdk, { handles, contracts: [probe.address], privateKey: other.privateKey });
  expect(await readAs([gone])).toEqual({ [gone]: 2n });
  await fixture.rpc("anvil_rollback", [1]);
  const instead = await putValue(fixture, { probe, owner: other, value: 3n, readers: [other.address] });
  expect(await readAs([kept, instead])).toEqual({ [kept]: 1n, [instead]: 3n });
  await expect(readAs([gone])).rejects.toThrow(/not authorized/i);
  await expect(fixture.rpc("anvil_rollback", [65])).rejects.toThrow(/64 blocks/);
});

test("a public network is refused", async () => {
  const { folder, remove } = await makeFolder();
  cleanUps.push(remove);
  const program = await DevnetProgram.create(folder, { NETWORK: "sepolia" });
  program.launch();
  await expect(program.untilReady()).rejects.toThrow(/31337/);
});

test("what belongs to one folder is written for others to read, keys for their owner alone, and a second devnet is refused", async () => {
  const fixture = await startFixture();
  const { folder } = fixture.options;
  expect(deploymentSchema.parse(JSON.parse(await readFile(path.join(folder, "deployment.json"), "utf8")))).toEqual(fixture.devnet.deployment);
  const accounts = path.join(folder, "devnet", "accounts.json");
  expect(localAccountsSchema.parse(JSON.parse(await readFile(accounts, "utf8")))).toEqual(fixture.devnet.accounts);
  expect((await stat(accounts)).mode & 0o777).toBe(0o600);
  const other = await testOptions((await makeFolder()).folder, "clear");
  await expect(startDevnet({ ...other, port: fixture.options.port })).rejects.toMatchObject({ code: "config.invalid" });
  await expect(startDevnet({ ...other, anvilPort: fixture.options.anvilPort })).rejects.toMatchObject({ code: "config.invalid" });
  await expect(startDevnet({ ...other, engine: "tfhe" })).rejects.toThrow(/FHE_ENGINE=clear/);
});

const hex = z.string().refine(isHex);

/** An account with test money from the faucet, and what it sends through /rpc. */
async function createCitizen(program: DevnetProgram): Promise<{ address: string; send(transaction: object): Promise<Hex>; receipt(hash: Hex): Promise<unknown> }> {
  const sender = createSender();
  const rpc = (method: string, params: readonly unknown[]): Promise<unknown> => callRpc({ url: `${program.url}/rpc`, method, params });
  const receipt = async (hash: Hex): Promise<unknown> => {
    for (;;) {
      const found = await rpc("eth_getTransactionReceipt", [hash]);
      if (found !== null) return found;
      await delay(100);
    }
  };
  const gift = await fetch(`${program.url}/devnet/faucet`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ address: sender.address }) });
  await receipt(z.object({ transactionHash: hex }).parse(await gift.json()).transactionHash);
  return { address: sender.address, receipt, send: async (transaction) => hex.parse(await rpc("eth_sendRawTransaction", [await sender.sign(transaction)])) };
}

test("the whole devnet killed: the next start ends its orphans and has every transaction that was answered", async () => {
  const { folder, remove } = await makeFolder();
  cleanUps.push(remove);
  const program = await DevnetProgram.create(folder);
  cleanUps.push(() => program.end("SIGTERM"));
  program.launch();
  await program.untilReady();
  const citizen = await createCitizen(program);
  const mined = await citizen.send({ to: citizen.address, value: 1n });
  const before = z.object({ blockNumber: z.string(), status: z.string() }).parse(await citizen.receipt(mined));
  const { histogram } = deploymentSchema.parse(JSON.parse(await readFile(path.join(folder, "deployment.json"), "utf8"))).addresses;
  const input = await attest(program.url, { values: [5n], contractAddress: histogram, userAddress: citizen.address });
  const waiting = await citizen.send({ to: citizen.address, value: 2n });
  await program.end("SIGKILL");
  const orphan = await findRecorded(path.join(folder, "devnet", "chain", "anvil.pid"));
  expect(orphan).toBeDefined();

  program.launch();
  await program.untilReady();
  expect(await findRecorded(path.join(folder, "devnet", "chain", "anvil.pid"))).not.toBe(orphan);
  expect(await citizen.receipt(mined)).toMatchObject(before);
  expect(await citizen.receipt(waiting)).toMatchObject({ status: "0x1" });
  expect(input.handles).toHaveLength(1);

  expect(await program.end("SIGTERM")).toBe(0);
  for (const file of [path.join("chain", "anvil.pid"), "engine.pid", "devnet.pid"]) expect(await findRecorded(path.join(folder, "devnet", file))).toBeUndefined();
  expect(await readFile(path.join(folder, "devnet", "chain", "journal.jsonl"), "utf8")).toBe("");
});
