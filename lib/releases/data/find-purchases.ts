import "server-only";
import type { Pool } from "pg";
import { z } from "zod";
import { readDeployment } from "@/lib/platform/deployment";
import { decodeCursor, encodeCursor } from "@/lib/releases/data/cursor";
import type { PurchasesPage, PurchasesQuery } from "@/lib/releases/schema";

const rowSchema = z.object({
  order_id: z.string(), kind: z.enum(["token", "card"]), buyer: z.string().nullable(), reader: z.string(), token: z.string().nullable(), amount: z.string().nullable(),
  release_count: z.number(), opened_count: z.number(), refunded: z.boolean(), block: z.number(), transaction: z.string(),
});

const text = `SELECT order_id, kind::text, buyer, reader, token, amount::text, release_count, opened_count, refunded, block, transaction
  FROM chain_orders WHERE chain_id = $1 AND ($2::text IS NULL OR buyer = $2) AND ($3::text IS NULL OR readers @> ARRAY[$3])
  AND ($4::int IS NULL OR block < $4 OR (block = $4 AND order_id > $5)) ORDER BY block DESC, order_id LIMIT $6`;

/** Orders of a buyer, of a reader (added ones too, removed ones not), or of both together, newest first. Throws `request.invalid` (cursor). */
export async function findPurchases(pool: Pick<Pool, "query">, { buyer, reader, limit, cursor }: PurchasesQuery): Promise<PurchasesPage> {
  const [block, orderId] = cursor === undefined ? [null, null] : decodeCursor(cursor, [/^\d{1,9}$/, /^0x[0-9a-f]{64}$/]);
  const { chainId } = await readDeployment();
  const { rows } = await pool.query({ name: "purchases", text, values: [chainId, buyer?.toLowerCase() ?? null, reader?.toLowerCase() ?? null, block, orderId, limit + 1] });
  const found = z.array(rowSchema).parse(rows);
  const last = found[limit - 1];
  return {
    items: found.slice(0, limit).map((row) => ({
      orderId: row.order_id, kind: row.kind, buyer: row.buyer, reader: row.reader, token: row.token, amount: row.amount,
      releaseCount: row.release_count, openedCount: row.opened_count, refunded: row.refunded, block: row.block, transaction: row.transaction,
    })),
    nextCursor: found.length > limit && last !== undefined ? encodeCursor([last.block, last.order_id]) : null,
  };
}
