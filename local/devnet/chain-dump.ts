import { gunzipSync } from "node:zlib";
import { z } from "zod";

/** Blocks without transactions that stay: more than the 256 whose hashes a contract can ask for. */
const emptyBlocksKept = 300;

const quantity = z.union([z.number(), z.string()]);
const dumpSchema = z.looseObject({
  best_block_number: quantity,
  blocks: z.array(z.looseObject({ header: z.looseObject({ number: quantity }), transactions: z.array(z.unknown()) })),
  transactions: z.array(z.looseObject({ info: z.looseObject({ traces: z.array(z.unknown()) }) })),
});

/**
 * What `anvil_dumpState` answers (hexadecimal of a compressed JSON text) as the text that anvil loads, without what only
 * fills memory and disk for ever: a block every two seconds in which nothing happened, and the traces of calls.
 * The newest 300 blocks, block 0, and every block with a transaction stay, with their logs and receipts.
 */
export function compactDump(answer: string): string {
  const text = gunzipSync(Buffer.from(answer.slice(2), "hex")).toString("utf8");
  const dump = dumpSchema.parse(JSON.parse(text));
  const oldest = Number(dump.best_block_number) - emptyBlocksKept;
  return JSON.stringify({
    ...dump,
    blocks: dump.blocks.filter(({ header, transactions }) => {
      const number = Number(header.number);
      return number === 0 || transactions.length > 0 || number > oldest;
    }),
    transactions: dump.transactions.map((transaction) => ({ ...transaction, info: { ...transaction.info, traces: [] } })),
  });
}
