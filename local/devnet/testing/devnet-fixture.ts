import { existsSync } from "node:fs";
import path from "node:path";
import { computeAddress, getCreateAddress, type Interface } from "ethers";
import { z } from "zod";
import { bytesToHex, isHex, type Hex } from "@/lib/kernel/hex";
import { systemRandom } from "@/lib/kernel/random";
import { cacheFolder, cargoTargetFolder, engineBinary } from "@/local/build/engine";
import { startDevnet, type Devnet, type DevnetOptions } from "@/local/devnet/devnet";
import { readHostContracts } from "@/local/devnet/host-contracts";
import { callRpc } from "@/local/devnet/json-rpc";
import { createSender, makeFolder, silentLog, type Sender } from "@/local/devnet/testing/chain-fixture";
import { compileProbe, type Compiled } from "@/local/devnet/testing/compile";
import { findFreePort } from "@/local/free-port";

/** The engine's program: the one that npm start made, or what cargo has made. */
export async function findEngineBinary(): Promise<string> {
  const built = path.join(await cargoTargetFolder(), "release", "fhe-engine");
  const binary = process.env["FHE_ENGINE_BINARY"] ?? (existsSync(engineBinary) ? engineBinary : built);
  if (!existsSync(binary)) throw new Error(`${binary} is missing: run npm run build:engine`);
  return path.resolve(binary);
}

export async function testOptions(folder: string, engine: "tfhe" | "clear"): Promise<DevnetOptions> {
  return {
    folder,
    engine,
    port: await findFreePort(),
    anvilPort: await findFreePort(),
    engineBinary: await findEngineBinary(),
    cacheFolder: cacheFolder(),
    keysFolder: path.join(cacheFolder(), "test-keys"),
    blockSeconds: 0,
    testing: true,
    log: silentLog,
  };
}

const receiptSchema = z.object({ status: z.string(), blockNumber: z.string().transform(Number), logs: z.array(z.object({ address: z.string(), topics: z.array(z.string()), data: z.string() })) });
export type Receipt = z.infer<typeof receiptSchema>;

/** A funded account that sends through /rpc, as anybody does. */
export type Actor = Sender & { privateKey: Hex; send(transaction: { to?: string; data?: string }): Promise<Receipt> };

export type Probe = {
  address: string;
  abi: Interface;
  /** Sends a call that makes a handle; resolves to the handle. */
  make(actor: Actor, name: "take" | "compute" | "waste", args: readonly unknown[]): Promise<Hex>;
  /** One operation of the executor, its result kept by the contract and allowed to readers. */
  compute(actor: Actor, operation: string, args: readonly unknown[], readers?: readonly string[]): Promise<Hex>;
};

const handleSchema = z.object({ handle: z.string().refine(isHex) });

export class DevnetFixture {
  devnet: Devnet;
  readonly options: DevnetOptions;
  readonly #remove: () => Promise<void>;

  private constructor(devnet: Devnet, options: DevnetOptions, remove: () => Promise<void>) {
    this.devnet = devnet;
    this.options = options;
    this.#remove = remove;
  }

  static async start(engine: "tfhe" | "clear", changes: Partial<DevnetOptions> = {}): Promise<DevnetFixture> {
    const { folder, remove } = await makeFolder();
    const options = { ...(await testOptions(folder, engine)), ...changes };
    return new DevnetFixture(await startDevnet(options), options, remove);
  }

  async restart(): Promise<void> {
    await this.devnet.stop();
    this.devnet = await startDevnet(this.options);
  }

  async remove(): Promise<void> {
    await this.devnet.stop();
    await this.#remove();
  }

  rpc(method: string, params: readonly unknown[] = []): Promise<unknown> {
    return callRpc({ url: this.devnet.deployment.rpcUrl, method, params, timeoutMs: 60_000 });
  }

  async receiptOf(hash: unknown): Promise<Receipt> {
    return receiptSchema.parse(await this.rpc("eth_getTransactionReceipt", [hash]));
  }

  async createActor(): Promise<Actor> {
    const privateKey = bytesToHex(systemRandom.bytes(32));
    const sender = createSender(privateKey);
    await this.rpc("anvil_setBalance", [computeAddress(privateKey), "0x56bc75e2d63100000"]);
    const send = async (transaction: { to?: string; data?: string }): Promise<Receipt> => {
      const receipt = await this.receiptOf(await this.rpc("eth_sendRawTransaction", [await sender.sign(transaction)]));
      if (receipt.status !== "0x1") throw new Error("the transaction failed");
      return receipt;
    };
    return { ...sender, privateKey, send };
  }

  async deploy(contract: Compiled): Promise<string> {
    const actor = await this.createActor();
    await actor.send({ data: contract.bytecode });
    return getCreateAddress({ from: actor.address, nonce: 0 });
  }

  async deployProbe(): Promise<{ probe: Probe; vaultCode: Compiled }> {
    const { Probe: compiled, ProbeVault: vaultCode } = await compileProbe();
    const address = await this.deploy(compiled);
    const make: Probe["make"] = async (actor, name, args) => {
      const { logs } = await actor.send({ to: address, data: compiled.abi.encodeFunctionData(name, args) });
      const log = logs.findLast((one) => one.address.toLowerCase() === address.toLowerCase());
      return handleSchema.parse(log === undefined ? undefined : compiled.abi.parseLog(log)?.args.toObject()).handle;
    };
    const { executor } = await readHostContracts();
    const compute: Probe["compute"] = (actor, operation, args, readers = []) => make(actor, "compute", [executor.abi.encodeFunctionData(operation, args), readers]);
    return { probe: { address, abi: compiled.abi, make, compute }, vaultCode };
  }
}
