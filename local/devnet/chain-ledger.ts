import type { Hex } from "@/lib/kernel/hex";
import type { BlockHeader } from "@/local/devnet/chain-node";
import type { JournalEntry } from "@/local/devnet/transaction-journal";

/**
 * Anvil keeps 13 kB of every block and the trace of every call, some 5 MB for a transaction of 10 million gas. Starting it
 * again from a compact dump takes a moment and frees both.
 */
const perProcess = { blocks: 4_000, gas: 400_000_000 };

/** What is known of the chain: its newest block, what waits for the next one, and what happened since it was dumped or started. */
export class ChainLedger {
  head: BlockHeader = { number: 0, hash: "0x", timestamp: 0, gasUsed: 0, transactions: [] };
  /** Sent and not yet in a block, by hash. */
  readonly #pending = new Map<Hex, Hex>();
  #transactions = 0;
  #gas = 0;
  #dumped = { block: -1, transactions: 0 };
  #booted = { block: 0, gas: 0 };

  /** Transactions in blocks that only the journal could bring back. */
  get undumpedTransactions(): number {
    return this.#transactions - this.#dumped.transactions;
  }

  get undumpedBlocks(): number {
    return this.head.number - this.#dumped.block;
  }

  /** Whether the node has done enough to be started again. */
  get isFull(): boolean {
    return this.head.number - this.#booted.block >= perProcess.blocks || this.#gas - this.#booted.gas >= perProcess.gas;
  }

  /** What a journal must hold right after a dump. */
  get waiting(): JournalEntry[] {
    return [...this.#pending.values()].map((transaction) => ({ transaction }));
  }

  sent(hash: Hex, raw: Hex): void {
    this.#pending.set(hash, raw);
  }

  mined(block: BlockHeader): void {
    this.head = block;
    this.#transactions += block.transactions.length;
    this.#gas += block.gasUsed;
    for (const hash of block.transactions) this.#pending.delete(hash);
  }

  dumped(): void {
    this.#dumped = { block: this.head.number, transactions: this.#transactions };
  }

  /** The node was started from its last dump, whose newest block this is; the journal comes next. */
  booted(head: BlockHeader): void {
    this.head = head;
    this.#pending.clear();
    this.#transactions = this.#dumped.transactions;
    this.#booted = { block: head.number, gas: this.#gas };
  }
}
