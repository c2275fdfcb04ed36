import { existsSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import path from "node:path";
import type { Logger } from "pino";
import { AppError, isAppError } from "@/lib/kernel/errors";
import type { Hex } from "@/lib/kernel/hex";
import { delay } from "@/lib/kernel/time";
import { startAnvil, type Anvil } from "@/local/devnet/anvil";
import { createChainClock, type ChainClock } from "@/local/devnet/chain-clock";
import { ChainLedger } from "@/local/devnet/chain-ledger";
import { connectNode, type BlockHeader, type ChainNode } from "@/local/devnet/chain-node";
import { hashOf, replayJournal } from "@/local/devnet/chain-replay";
import { moveFile } from "@/local/devnet/durable-file";
import { callRpc, RpcError } from "@/local/devnet/json-rpc";
import { createMutex } from "@/local/devnet/mutex";
import { openJournal, type Journal } from "@/local/devnet/transaction-journal";

export type ChainOptions = {
  /** Where dump, journal and process id are kept. */
  folder: string;
  port: number;
  /** Mine after every transaction instead of by the clock: for tests. */
  instant: boolean;
  log: Logger;
  clock?: ChainClock;
};

const longestPauseMs = 5_000;

/**
 * The chain: one anvil, and what makes it survive. Transactions and blocks are written to a journal before they are
 * done; when anvil ends by itself it is started again from the last dump, and the journal is done again: the same
 * transactions in the same blocks at the same times, so that what was in an epoch stays in it. (Hashes of those blocks
 * differ, as after a reorganisation.)
 */
export class Chain {
  readonly clock: ChainClock;
  readonly #options: ChainOptions;
  readonly #journal: Journal;
  readonly #node: ChainNode;
  readonly #mutex = createMutex();
  readonly #stopping = new AbortController();
  readonly #listeners = new Set<(head: BlockHeader) => void>();
  readonly #ledger = new ChainLedger();
  #anvil: Anvil | undefined;
  /** Whether what anvil answers is the chain: not before the journal has been done again. */
  #isReplayed = false;

  private constructor(options: ChainOptions, journal: Journal) {
    this.#options = options;
    this.#journal = journal;
    this.#node = connectNode(`http://127.0.0.1:${options.port}`);
    this.clock = options.clock ?? createChainClock();
  }

  /** Opens the chain of a folder as it was left; begins a new one when it was never dumped there. */
  static async open(options: ChainOptions): Promise<Chain> {
    await mkdir(options.folder, { recursive: true });
    for (const name of await readdir(options.folder)) if (name.endsWith(".new")) await rm(path.join(options.folder, name));
    const journal = await openJournal(path.join(options.folder, "journal.jsonl"));
    const chain = new Chain(options, journal);
    try {
      if (chain.isNew) await journal.rewrite([]); // before the first dump nobody was answered
      await chain.#mutex.run(() => chain.#boot());
      return chain;
    } catch (error) {
      await chain.stop();
      throw error;
    }
  }

  /** Whether the chain was never dumped, which means that it is not set up yet. */
  get isNew(): boolean {
    return !existsSync(this.#stateFile);
  }

  get isUp(): boolean {
    return this.#isReplayed && this.#anvil?.isRunning() === true;
  }

  get head(): BlockHeader {
    return this.#ledger.head;
  }

  /** Transactions in blocks that only the journal could bring back after a crash. */
  get undumpedTransactions(): number {
    return this.#ledger.undumpedTransactions;
  }

  get undumpedBlocks(): number {
    return this.#ledger.undumpedBlocks;
  }

  /** Tells of every new head, also after anvil was started again. The listener must not throw. */
  onBlock(listener: (head: BlockHeader) => void): void {
    this.#listeners.add(listener);
  }

  /** One call that changes nothing; waits, up to `timeoutMs`, while anvil is being started again. */
  async call(method: string, params: readonly unknown[] = [], timeoutMs = 30_000): Promise<unknown> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const leftMs = Math.max(1, Math.ceil(deadline - performance.now()));
      try {
        if (this.#anvil !== undefined && this.isUp) return await callRpc({ url: this.#anvil.url, method, params, timeoutMs: leftMs });
      } catch (error) {
        if (!isAppError(error, "chain.unreachable") || performance.now() > deadline) throw error; // else it has just died
      }
      if (performance.now() > deadline || this.#stopping.signal.aborted) throw new AppError("chain.unreachable", "The local chain is down; it is being started again.");
      await delay(25, this.#stopping.signal);
    }
  }

  /** Takes a signed transaction: journal first, then the node. Resolves to its hash; throws the node's `RpcError`. */
  submit(raw: Hex): Promise<Hex> {
    return this.#exclusively(async () => {
      const hash = hashOf(raw);
      await this.#journal.append({ transaction: raw });
      await this.#survive(() => this.#send(raw, hash));
      if (this.#options.instant) await this.#mineOne();
      return hash;
    });
  }

  /** Mines blocks now, from what was sent; resolves to the last one. */
  mine(count = 1): Promise<BlockHeader> {
    return this.#exclusively(async () => {
      for (let mined = 0; mined < count; mined += 1) await this.#mineOne();
      return this.head;
    });
  }

  /** Dumps the chain: what happened before survives anything, hashes and all. */
  persist(): Promise<void> {
    return this.#exclusively(() => this.#dump());
  }

  /** Dumps the chain unless every transaction in a block has been dumped already, perhaps by another caller just now. */
  persistTransactions(): Promise<void> {
    return this.#exclusively(async () => {
      if (this.undumpedTransactions > 0) await this.#dump();
    });
  }

  /** Does something that the journal does not know (set-up, a test's reorganisation) and dumps at once. */
  alter(change: (node: ChainNode) => Promise<unknown>): Promise<unknown> {
    return this.#exclusively(async () => {
      const result = await change(this.#node);
      this.#ledger.head = await this.#node.head();
      await this.#dump();
      this.#tell();
      return result;
    });
  }

  /** Dumps and ends anvil. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#mutex.run(async () => {
      const anvil = this.#anvil;
      if (this.isUp) await this.#dump().catch((error: unknown) => this.#options.log.error({ err: error }, "the chain could not be dumped; its journal stays"));
      this.#anvil = undefined;
      await anvil?.stop();
      await this.#journal.close();
    });
  }

  get #stateFile(): string {
    return path.join(this.#options.folder, "state.json");
  }

  #exclusively<Value>(task: () => Promise<Value>): Promise<Value> {
    return this.#mutex.run(() => {
      if (this.#stopping.signal.aborted) throw new AppError("chain.unreachable", "The local chain is being stopped.");
      return task();
    });
  }

  async #send(raw: Hex, hash: Hex): Promise<void> {
    try {
      await this.#node.send(raw);
      this.#ledger.sent(hash, raw);
    } catch (error) {
      if (error instanceof RpcError) await this.#journal.append({ refused: hash });
      throw error;
    }
  }

  async #mineOne(): Promise<void> {
    const timestamp = this.clock.next(this.head.timestamp);
    await this.#journal.append({ block: this.head.number + 1, timestamp });
    await this.#survive(() => this.#mineAt(timestamp));
    if (this.#ledger.isFull) await this.#renew();
    this.#tell();
  }

  async #mineAt(timestamp: number): Promise<void> {
    this.#ledger.mined(await this.#node.mine(timestamp));
  }

  async #dump(): Promise<void> {
    // Named after this process: a dump that a killed devnet has begun must not end up in this one's.
    const file = `${this.#stateFile}.${process.pid}.new`;
    await this.#node.dump(file);
    await moveFile(file, this.#stateFile);
    this.#ledger.dumped();
    await this.#journal.rewrite(this.#ledger.waiting);
  }

  /** Does what is in the journal already. If the node dies of it or before it, its restart from the journal does it. */
  async #survive(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      if (!isAppError(error, "chain.unreachable")) throw error;
      this.#options.log.warn({ err: error }, "anvil does not answer; starting it again");
      await this.#revive();
    }
  }

  async #renew(): Promise<void> {
    await this.#dump();
    await this.#revive();
  }

  /** Ends what is left of anvil and starts it from the dump and the journal, until that works or the devnet stops. */
  async #revive(): Promise<void> {
    for (let pauseMs = 100; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      const anvil = this.#anvil;
      this.#anvil = undefined;
      await anvil?.stop();
      if (this.#stopping.signal.aborted) throw new AppError("chain.unreachable", "The local chain is being stopped.");
      try {
        return await this.#boot();
      } catch (error) {
        this.#options.log.error({ err: error }, `anvil did not start; next try in ${pauseMs} ms`);
        await delay(pauseMs, this.#stopping.signal);
      }
    }
  }

  async #boot(): Promise<void> {
    const { folder, port, log } = this.#options;
    const anvil = await startAnvil({
      port,
      pidFile: path.join(folder, "anvil.pid"),
      origin: this.isNew ? { timestamp: this.clock.now() } : { stateFile: this.#stateFile },
      onOutput: (line) => log.warn({ anvil: line }, "anvil says"),
    });
    this.#anvil = anvil;
    this.#isReplayed = false;
    this.#ledger.booted(await this.#node.head());
    await this.#node.resumeAt(this.head.timestamp);
    const entries = await this.#journal.read();
    await replayJournal(entries, { node: this.#node, ledger: this.#ledger });
    if (entries.length > 0) log.info({ entries: entries.length, block: this.head.number }, "the journal was done again");
    this.clock.resume(this.head.timestamp);
    this.#isReplayed = true;
    void anvil.ended.then(() => this.#mutex.run(() => this.#recover(anvil))).catch(() => undefined); // being stopped
  }

  async #recover(ended: Anvil): Promise<void> {
    if (this.#anvil !== ended) return; // ended on purpose, or replaced by whoever noticed first
    this.#options.log.warn("anvil has ended; starting it again from its dump and the journal");
    await this.#revive();
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener(this.head);
  }
}
