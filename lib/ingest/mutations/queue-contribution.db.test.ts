import { Pool } from "pg";
import { afterAll, beforeEach, describe, expect, inject, test } from "vitest";
import { ContributionQueue, type Queued } from "@/lib/ingest/mutations/queue-contribution";
import type { ContributionRequest } from "@/lib/ingest/schema";

const pool = new Pool({ connectionString: inject("databaseUrl"), max: 4 });
/** Of a chain of its own, so that other tests' rows stay apart. */
const chainId = 4_004;

beforeEach(() => pool.query("DELETE FROM contributions WHERE chain_id = $1", [chainId]));
afterAll(() => pool.end());

const hex = (value: number, bytes: number): `0x${string}` => `0x${value.toString(16).padStart(2 * bytes, "0")}`;

function item(address: number, changes: Partial<ContributionRequest> = {}): ContributionRequest {
  return {
    regionId: 1, epoch: 2, cover: 3, tile: "0", levels: [], handles: [hex(7, 32), hex(8, 32)], vehicles: 1, oneTimeAddress: hex(address, 20),
    signature: hex(address, 65), inputProof: "0xab", maxLevel: 0, ticketExpiry: 99, ticketSignature: hex(1, 65), ...changes,
  };
}

const idOf = (queued: Queued): string => (queued === "conflict" ? "conflict" : queued.id);

describe("the queue of contributions", () => {
  test("keeps each with all its fields, and its hour only", async () => {
    const fleet = item(1, { tile: String(BigInt("0x872664ca9ffffff")), cover: 0, levels: [0, 1], vehicles: 3, maxLevel: 1, oneTimeAddress: `0x${"AB".repeat(20)}` });
    const id = idOf(await new ContributionQueue(pool).add(chainId, fleet));
    const { rows } = await pool.query("SELECT *, received_hour = date_trunc('hour', received_hour) AS is_hour FROM contributions WHERE id = $1", [id]);
    expect(rows).toEqual([expect.objectContaining({
      chain_id: chainId, one_time_address: `0x${"ab".repeat(20)}`, region_id: 1, epoch: 2, cover: 0, tile: "872664ca9ffffff", levels: [0, 1], handles: fleet.handles,
      vehicles: 3, max_level: 1, input_proof: Buffer.from("ab", "hex"), ticket_expiry: "99", state: "queued", reason: null, is_hour: true,
    })]);
  });

  test("takes many at once by few statements, each once", async () => {
    let statements = 0;
    const counted = { query: (...args: Parameters<Pool["query"]>) => (statements += 1, pool.query(...args)) };
    const queue = new ContributionQueue(Object.assign(Object.create(pool), counted));
    const ids = await Promise.all(Array.from({ length: 500 }, (_, index) => queue.add(chainId, item(index % 250)).then(idOf)));
    expect(new Set(ids).size).toBe(250);
    expect(statements).toBeLessThan(15);
    expect((await pool.query("SELECT count(*)::int AS count FROM contributions WHERE chain_id = $1", [chainId])).rows).toEqual([{ count: 250 }]);
  });

  test("knows the same contribution again, also with another ticket; another one for its address is a conflict", async () => {
    const queue = new ContributionQueue(pool);
    const first = await queue.add(chainId, item(5));
    expect(await queue.add(chainId, item(5, { ticketExpiry: 1_000, ticketSignature: hex(2, 65) }))).toEqual({ id: idOf(first), state: "queued", isNew: false });
    for (const other of [{ epoch: 3 }, { handles: [hex(9, 32)] }, { signature: hex(6, 65) }, { cover: 4 }]) expect(await queue.add(chainId, item(5, other))).toBe("conflict");
    expect(await queue.add(chainId + 1, item(5))).toMatchObject({ isNew: true });
    await pool.query("DELETE FROM contributions WHERE chain_id = $1", [chainId + 1]);
  });

  test("says what became of one that is posted again", async () => {
    const queue = new ContributionQueue(pool);
    const id = idOf(await queue.add(chainId, item(6)));
    await pool.query("UPDATE contributions SET state = 'refused', reason = 'invalid-proof' WHERE id = $1", [id]);
    expect(await queue.add(chainId, item(6))).toEqual({ id, state: "refused", isNew: false });
  });

  test("fails those that a broken statement carried, and goes on with the next", async () => {
    let isBroken = true;
    const query = (...args: Parameters<Pool["query"]>) => (isBroken ? Promise.reject(new Error("the connection broke")) : pool.query(...args));
    const queue = new ContributionQueue(Object.assign(Object.create(pool), { query }));
    expect(await Promise.allSettled([queue.add(chainId, item(7)), queue.add(chainId, item(8))])).toEqual([expect.objectContaining({ status: "rejected" }), expect.objectContaining({ status: "rejected" })]);
    isBroken = false;
    expect(await queue.add(chainId, item(7))).toMatchObject({ isNew: true });
  });
});
