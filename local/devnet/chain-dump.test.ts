import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { compactDump } from "@/local/devnet/chain-dump";

const block = (number: number, transactions: readonly unknown[] = []): unknown => ({ header: { number: `0x${number.toString(16)}`, extra: "kept" }, transactions, ommers: [] });

function answerOf(dump: unknown): string {
  return `0x${gzipSync(JSON.stringify(dump)).toString("hex")}`;
}

test("a compact dump keeps block 0, the newest 300 blocks and every block with a transaction, and drops traces", () => {
  const blocks = Array.from({ length: 1_001 }, (_, number) => block(number, number === 17 ? [{ hash: "0x01" }] : []));
  const transactions = [{ info: { transaction_hash: "0x01", traces: [{ big: true }] }, receipt: { logs: [1] }, block_number: 17 }];
  const compact: unknown = JSON.parse(compactDump(answerOf({ best_block_number: 1_000, blocks, transactions, accounts: { "0x00": { nonce: 1 } }, historical_states: null })));
  expect(compact).toEqual({
    best_block_number: 1_000,
    blocks: [block(0), block(17, [{ hash: "0x01" }]), ...blocks.slice(701)],
    transactions: [{ info: { transaction_hash: "0x01", traces: [] }, receipt: { logs: [1] }, block_number: 17 }],
    accounts: { "0x00": { nonce: 1 } },
    historical_states: null,
  });
});

test("an answer that is not a dump is refused", () => {
  expect(() => compactDump(answerOf({ best_block_number: 1 }))).toThrow();
});
