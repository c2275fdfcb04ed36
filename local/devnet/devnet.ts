import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { computeAddress } from "ethers";
import type { FastifyInstance } from "fastify";
import { pino, type Logger } from "pino";
import { AppError } from "@/lib/kernel/errors";
import { systemClock } from "@/lib/kernel/time";
import type { Deployment, LocalAccounts } from "@/lib/platform/deployment";
import { startBlockTimer } from "@/local/devnet/block-timer";
import type { Chain } from "@/local/devnet/chain";
import { createCiphertexts, type Ciphertexts } from "@/local/devnet/ciphertexts";
import { CHAIN_ID } from "@/local/devnet/constants";
import { createEngine } from "@/local/devnet/create-engine";
import { deployContracts } from "@/local/devnet/deploy";
import { describeDeployment } from "@/local/devnet/deployment-file";
import { registerDevnetApi, type DevnetProduct, type DevnetStatus } from "@/local/devnet/devnet-api";
import { replaceFile } from "@/local/devnet/durable-file";
import type { Engine } from "@/local/devnet/engine";
import { createFaucet } from "@/local/devnet/faucet";
import { createFollower } from "@/local/devnet/follower";
import { createHttpServer, listen } from "@/local/devnet/http-server";
import { createLocalSender } from "@/local/devnet/local-sender";
import { openNetwork, type Network } from "@/local/devnet/network";
import { createLogReader } from "@/local/devnet/operation";
import { openOperationGraph } from "@/local/devnet/operation-graph";
import { patienceMs, registerRelayerApi } from "@/local/devnet/relayer-api";
import { createReleaseDrop } from "@/local/devnet/release-drop";
import { createReleaseIndex, type ReleaseIndex } from "@/local/devnet/release-index";
import { registerRpcProxy } from "@/local/devnet/rpc-proxy";
import { findRecorded, recordProcess } from "@/local/devnet/stale-process";
import { Stops } from "@/local/devnet/stops";

export type DevnetOptions = {
  /** LOCAL_DIR: `deployment.json` and `devnet/` are written there. */
  folder: string;
  port: number;
  anvilPort: number;
  engine: "tfhe" | "clear";
  engineBinary: string;
  cacheFolder: string;
  /** Keys of this devnet's own unless given. */
  keysFolder?: string | undefined;
  artifactsFolder?: string;
  /** Seconds between blocks, 2 unless given; 0 mines each transaction at once. */
  blockSeconds?: number;
  /** Lets tests move time, state and mining through /rpc. */
  testing?: boolean;
  log?: Logger;
};

export type Devnet = {
  readonly url: string;
  readonly deployment: Deployment;
  readonly accounts: LocalAccounts;
  readonly engine: Engine;
  readonly chain: Chain;
  status(): DevnetStatus;
  /** Orderly end: everything is on disk when it resolves. */
  stop(): Promise<void>;
};

/** A devnet on its way up, which answers over HTTP already. */
export type StartingDevnet = { readonly ready: Promise<Devnet>; stop(): Promise<void> };

/** Blocks between two looks for releases whose parts may go. */
const blocksPerDrop = 16;

/** The parts as they come up, and what is being waited for. */
class Parts {
  readonly options: Required<Omit<DevnetOptions, "keysFolder">> & Pick<DevnetOptions, "keysFolder">;
  readonly home: string;
  readonly url: string;
  readonly stops = new Stops();
  stage: string | null = "the local chain";
  network: Network | undefined;
  ciphertexts: Ciphertexts | undefined;
  product: DevnetProduct | undefined;
  isDeployed = false;

  constructor(options: DevnetOptions) {
    const defaults = { artifactsFolder: path.join("contracts", "artifacts"), blockSeconds: 2, testing: false, log: pino({ level: "silent" }) };
    this.options = { ...defaults, ...options };
    this.home = path.resolve(options.folder, "devnet");
    this.url = `http://127.0.0.1:${options.port}`;
  }

  status(engine: Engine): DevnetStatus {
    const chain = this.network?.chain.isUp === false ? "the local chain to start again" : null;
    const waitingFor = chain ?? (this.product === undefined ? this.stage : (engine.waitingFor() ?? this.stage));
    return { chainId: CHAIN_ID, engine: engine.kind, ready: waitingFor === null, deployed: this.isDeployed, block: this.network?.chain.head.number ?? 0, waitingFor };
  }
}

/** One devnet a folder: two would write over each other. */
async function lockFolder({ home, stops }: Parts): Promise<void> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  const pidFile = path.join(home, "devnet.pid");
  const other = await findRecorded(pidFile);
  if (other !== undefined && other !== process.pid) throw new AppError("config.invalid", `A devnet runs in ${home} already (process ${other}). Stop it first.`);
  await recordProcess(pidFile, process.pid);
  await stops.add(() => rm(pidFile, { force: true }));
}

async function openHttp(parts: Parts, engine: Engine): Promise<void> {
  const { port, testing, log } = parts.options;
  const server = await createHttpServer();
  registerRpcProxy(server, () => (parts.network === undefined ? undefined : { chain: parts.network.chain, testing }));
  const relayer = async (scope: FastifyInstance): Promise<void> => {
    const services = (): ReturnType<Parameters<typeof registerRelayerApi>[1]["services"]> =>
      parts.network === undefined || parts.ciphertexts === undefined ? undefined : { ...parts.network, ciphertexts: parts.ciphertexts };
    registerRelayerApi(scope, { engine, services, baseUrl: parts.url, log });
  };
  await server.register(relayer, { prefix: "/v2" });
  await server.register(async (scope) =>
    registerDevnetApi(scope, { engine, coprocessor: () => parts.network?.coprocessor, status: () => parts.status(engine), product: () => parts.product }),
  );
  await parts.stops.add(() => server.close());
  await listen(server, port);
}

/** The chain with its contracts, and blocks that come by the clock. */
async function bringUpChain(parts: Parts): Promise<{ network: Network; deployment: Deployment; index: ReleaseIndex }> {
  const { anvilPort, blockSeconds, artifactsFolder, log } = parts.options;
  const network = await openNetwork({ folder: parts.home, anvilPort, instant: blockSeconds === 0, log });
  await parts.stops.add(() => network.chain.stop());
  parts.network = network;
  parts.stage = "the contracts";
  const { chain, accounts } = network;
  const contracts = await deployContracts({ chain, accounts, artifactsFolder, folder: parts.home, log });
  const sender = createLocalSender(chain, accounts.faucet);
  const index = createReleaseIndex(chain, contracts.histogram);
  const faucet = createFaucet({ sender, token: contracts.token, clock: systemClock });
  parts.product = { faucet, releases: index, curator: computeAddress(accounts.curator), histogram: contracts.histogram };
  const timer = startBlockTimer({ chain, blockMs: blockSeconds * 1_000, log });
  await parts.stops.add(() => timer.stop());
  return { network, index, deployment: describeDeployment({ url: parts.url, engine: parts.options.engine, contracts }) };
}

/** The engine learns what happened on chain, now and from now on, and forgets what nobody can ask for any more. */
async function followChain(parts: Parts, { chain, contracts }: Network, { engine, deployment, index }: { engine: Engine; deployment: Deployment; index: ReleaseIndex }): Promise<void> {
  const { log } = parts.options;
  const graph = openOperationGraph(path.join(parts.home, engine.kind, "graph.sqlite"));
  let following = Promise.resolve();
  await parts.stops.add(async () => {
    await following;
    graph.close();
  });
  const readLog = createLogReader({ executor: contracts.executor.abi, acl: contracts.acl.abi });
  const follower = createFollower({ chain, engine, graph, readLog, log });
  const releases = createReleaseDrop({ chain, engine, graph, index, readLog, histogram: deployment.addresses.histogram, log });
  parts.ciphertexts = createCiphertexts({ chain, engine, catchUp: () => follower.catchUp(), acl: contracts.acl.abi, patienceMs });
  parts.stage = "the FHE engine to catch up with the chain";
  await engine.material();
  await follower.catchUp();
  const follow = async (number: number): Promise<void> => {
    await follower.catchUp();
    if (number % blocksPerDrop === 0) await releases.run();
  };
  chain.onBlock(({ number }) => {
    if (parts.stops.isRunning) return;
    following = follow(number).catch((error: unknown) => log.warn({ err: error }, "the engine did not take the newest blocks; tried again with the next one"));
  });
}

async function bringUp(parts: Parts): Promise<Devnet> {
  await lockFolder(parts);
  const { engine: kind, engineBinary: binary, cacheFolder, keysFolder, log, folder } = parts.options;
  const engine = await createEngine({ kind, folder: parts.home, binary, cacheFolder, keysFolder, log });
  await parts.stops.add(() => engine.stop());
  await openHttp(parts, engine);
  const { network, deployment, index } = await bringUpChain(parts);
  await replaceFile(path.resolve(folder, "deployment.json"), `${JSON.stringify(deployment, null, 2)}\n`);
  parts.isDeployed = true; // who waits for it reads the file next, while the engine may still be compiled
  await followChain(parts, network, { engine, deployment, index });
  parts.stage = null;
  if (kind === "clear") log.warn("the clear engine is running: values are NOT encrypted; for tests only");
  log.info({ url: parts.url, block: network.chain.head.number }, "the devnet is ready");
  const { chain, accounts } = network;
  return { url: parts.url, deployment, accounts, engine, chain, status: () => parts.status(engine), stop: () => parts.stops.run() };
}

/** Begins to start a devnet. Its HTTP side answers `GET /devnet/status` while the rest comes up. */
export function launchDevnet(options: DevnetOptions): StartingDevnet {
  const parts = new Parts(options);
  const ready = bringUp(parts).catch(async (error: unknown) => {
    await parts.stops.run().catch((failure: unknown) => parts.options.log.error({ err: failure }, "what had been started did not end in good order"));
    throw error;
  });
  const stop = async (): Promise<void> => {
    await parts.stops.run();
    await ready.catch(() => undefined); // whoever waits for it is told; what it began late is ended with it
  };
  return { ready, stop };
}

/** Starts a devnet and resolves when everything in it stands. Throws `config.invalid` for ports, folders and keys that do not fit. */
export function startDevnet(options: DevnetOptions): Promise<Devnet> {
  return launchDevnet(options).ready;
}
