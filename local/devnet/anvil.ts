import { spawn, type ChildProcess } from "node:child_process";
import { createRequire } from "node:module";
import { connect } from "node:net";
import path from "node:path";
import { AppError } from "@/lib/kernel/errors";
import { delay } from "@/lib/kernel/time";
import { BLOCK_GAS_MAX, CHAIN_ID } from "@/local/devnet/constants";
import { callRpc } from "@/local/devnet/json-rpc";
import { recordProcess, stopStale } from "@/local/devnet/stale-process";

/** A running anvil. It mines only when asked, and forgets everything that was not dumped when it ends. */
export type Anvil = {
  readonly url: string;
  /** Resolves when the process has ended, whoever ended it. */
  readonly ended: Promise<void>;
  isRunning(): boolean;
  stop(): Promise<void>;
};

export type AnvilOptions = {
  port: number;
  /** Remembers the process, so that an orphan of a killed devnet does not keep the port. */
  pidFile: string;
  /** A dump to begin with, or the unix second at which a new chain begins. */
  origin: { stateFile: string } | { timestamp: number };
  onOutput(line: string): void;
};

/** The program itself. The npm package's own `anvil` is a wrapper that would survive as the one to be killed. */
function anvilProgram(): string {
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  const name = `@foundry-rs/anvil-${process.platform}-${architecture}`;
  const require = createRequire(import.meta.url);
  try {
    const folder = path.dirname(require.resolve(`${name}/package.json`, { paths: [path.dirname(require.resolve("@foundry-rs/anvil/package.json"))] }));
    return path.join(folder, "bin", process.platform === "win32" ? "anvil.exe" : "anvil");
  } catch (cause) {
    throw new AppError("config.invalid", `${name} is not installed: anvil has no build for this platform, or npm ci left out optional packages.`, { cause });
  }
}

const memoryStates = 64;

function anvilArguments({ port, origin }: AnvilOptions): string[] {
  const flags = ["--host", "127.0.0.1", "--port", String(port), "--chain-id", String(CHAIN_ID), "--hardfork", "osaka", "--silent"];
  const limits = ["--enable-tx-gas-limit", "--gas-limit", String(BLOCK_GAS_MAX), "--code-size-limit", "24576", "--no-request-size-limit"];
  const mining = ["--no-mining", "--order", "fifo", "--accounts", "1", "--mnemonic-random", "--prune-history", String(memoryStates)];
  return [...flags, ...limits, ...mining, ...("stateFile" in origin ? ["--load-state", origin.stateFile] : ["--timestamp", String(origin.timestamp)])];
}

function isPortTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

/** A killed process may hold its port a moment longer, until the last of its threads has ended. */
async function staysTaken(port: number): Promise<boolean> {
  for (const deadline = performance.now() + 3_000; await isPortTaken(port); await delay(50)) {
    if (performance.now() > deadline) return true;
  }
  return false;
}

async function waitUntilUp(url: string, isRunning: () => boolean): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (isRunning() && performance.now() < deadline) {
    const chainId = await callRpc({ url, method: "eth_chainId", timeoutMs: 2_000 }).catch(() => undefined);
    if (chainId === `0x${CHAIN_ID.toString(16)}`) return;
    if (chainId !== undefined) throw new AppError("chain.wrong-network", `${url} is chain ${String(chainId)}. The devnet plays chain ${CHAIN_ID} only.`);
    await delay(25);
  }
  throw new AppError("chain.unreachable", `anvil did not start at ${url}. Its last words are in the log.`);
}

function observe(child: ChildProcess, onOutput: (line: string) => void): Promise<void> {
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => onOutput(text.trim()));
  }
  return new Promise((resolve) => {
    child.once("exit", () => resolve()).once("error", (error) => {
      onOutput(String(error));
      resolve();
    });
  });
}

/**
 * Starts anvil on loopback. Ends an orphan of an earlier devnet first.
 * Throws `config.invalid` when somebody else has the port, `chain.unreachable` when anvil does not come up within a minute.
 */
export async function startAnvil(options: AnvilOptions): Promise<Anvil> {
  await stopStale(options.pidFile);
  if (await staysTaken(options.port)) throw new AppError("config.invalid", `Port ${options.port} is taken. Set ANVIL_PORT to a free one.`);
  // A group of its own: Ctrl-C reaches only the devnet, which dumps the chain before it ends anvil.
  const child = spawn(anvilProgram(), anvilArguments(options), { stdio: ["ignore", "pipe", "pipe"], detached: true });
  const ended = observe(child, options.onOutput);
  if (child.pid !== undefined) await recordProcess(options.pidFile, child.pid);
  const isRunning = (): boolean => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  const url = `http://127.0.0.1:${options.port}`;
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL"); // its state has been dumped by whoever stops it; an orderly end would only take longer
    await ended;
  };
  try {
    await waitUntilUp(url, isRunning);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, ended, isRunning, stop };
}
