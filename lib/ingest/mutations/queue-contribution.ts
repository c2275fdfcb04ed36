import "server-only";
import { randomUUID } from "node:crypto";
import type { Pool } from "pg";
import { z } from "zod";
import { pool } from "@/lib/platform/pool";
import { contributionStates, type ContributionRequest } from "@/lib/ingest/schema";

/** A contribution on its way into the queue. */
type Waiting = {
  row: Record<string, unknown> & { id: string; one_time_address: string; identity: string };
  resolve(queued: Queued): void;
  reject(error: unknown): void;
};

/** Where a posted contribution stands. "conflict": its address has another content. */
export type Queued = { id: string; state: (typeof contributionStates)[number]; isNew: boolean } | "conflict";

/** Rows of one statement: a statement and its flush to disk are shared by all that arrive while the one before is under way. */
const rowsMax = 200;

const columns = `id uuid, chain_id int, one_time_address text, region_id int, epoch int, cover int, tile text, levels int[], handles text[],
  vehicles int, max_level int, signature text, input_proof text, ticket_expiry bigint, ticket_signature text`;

const insert = `INSERT INTO contributions (id, chain_id, one_time_address, region_id, epoch, cover, tile, levels, handles, vehicles, max_level,
    signature, input_proof, ticket_expiry, ticket_signature, received_hour)
  SELECT id, chain_id, one_time_address, region_id, epoch, cover, tile, levels, handles, vehicles, max_level,
    signature, decode(input_proof, 'hex'), ticket_expiry, ticket_signature, date_trunc('hour', now())
  FROM json_to_recordset($1::json) AS posted(${columns})
  ON CONFLICT (chain_id, one_time_address) DO NOTHING RETURNING id`;

const find = `SELECT id, state::text, one_time_address, region_id, epoch, cover, tile, levels, handles, vehicles, signature
  FROM contributions WHERE (chain_id, one_time_address) IN (SELECT chain_id, one_time_address FROM json_to_recordset($1::json) AS posted(chain_id int, one_time_address text))`;

const foundSchema = z.object({
  id: z.string(), state: z.enum(contributionStates), one_time_address: z.string(), region_id: z.number(), epoch: z.number(), cover: z.number(),
  tile: z.string().nullable(), levels: z.array(z.number()), handles: z.array(z.string()), vehicles: z.number(), signature: z.string(),
});

/** What makes two posts the same contribution. The ticket is no part of it: it may be a newer one. */
function identityOf(row: { region_id: number; epoch: number; cover: number; tile: string | null; levels: number[]; handles: string[]; vehicles: number; signature: string }): string {
  return JSON.stringify([row.region_id, row.epoch, row.cover, row.tile, row.levels, row.handles, row.vehicles, row.signature]);
}

function rowOf(chainId: number, item: ContributionRequest): Waiting["row"] {
  const fields = {
    region_id: item.regionId, epoch: item.epoch, cover: item.cover,
    tile: item.tile === "0" ? null : BigInt(item.tile).toString(16).padStart(15, "0"),
    levels: item.levels, handles: item.handles.map((handle) => handle.toLowerCase()), vehicles: item.vehicles, signature: item.signature.toLowerCase(),
  };
  return {
    ...fields, identity: identityOf(fields), id: randomUUID(), chain_id: chainId, one_time_address: item.oneTimeAddress.toLowerCase(), max_level: item.maxLevel,
    input_proof: item.inputProof.slice(2), ticket_expiry: item.ticketExpiry, ticket_signature: item.ticketSignature.toLowerCase(),
  };
}

/** Puts contributions into the queue, many by one statement. */
export class ContributionQueue {
  readonly #pool: Pick<Pool, "query">;
  readonly #waiting: Waiting[] = [];
  #isBusy = false;

  constructor(pool: Pick<Pool, "query">) {
    this.#pool = pool;
  }

  /**
   * Puts a contribution into the queue, once for each address: the same content again answers what was answered before.
   * When this resolves, the contribution is on disk.
   */
  add(chainId: number, item: ContributionRequest): Promise<Queued> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ row: rowOf(chainId, item), resolve, reject });
      if (!this.#isBusy) void this.#run();
    });
  }

  /** The same contribution, when it was put into the queue before; null when it was not, or its address has another content. */
  async find(chainId: number, item: ContributionRequest): Promise<Exclude<Queued, "conflict"> | null> {
    const row = rowOf(chainId, item);
    const { rows } = await this.#pool.query({ name: "known-contributions", text: find, values: [JSON.stringify([row])] });
    const [found] = z.array(foundSchema).parse(rows);
    return found !== undefined && identityOf(found) === row.identity ? { id: found.id, state: found.state, isNew: false } : null;
  }

  async #run(): Promise<void> {
    this.#isBusy = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, rowsMax);
      await this.#write(batch).catch((error: unknown) => batch.forEach(({ reject }) => reject(error)));
    }
    this.#isBusy = false;
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    const { rows } = await this.#pool.query<{ id: string }>({ name: "queue-contributions", text: insert, values: [JSON.stringify(batch.map(({ row }) => row))] });
    const added = new Set(rows.map(({ id }) => id));
    const known = batch.filter(({ row }) => !added.has(row.id));
    for (const { row, resolve } of batch) if (added.has(row.id)) resolve({ id: row.id, state: "queued", isNew: true });
    if (known.length > 0) await this.#answerKnown(known);
  }

  async #answerKnown(known: readonly Waiting[]): Promise<void> {
    const { rows } = await this.#pool.query({ name: "known-contributions", text: find, values: [JSON.stringify(known.map(({ row }) => row))] });
    const byAddress = new Map(z.array(foundSchema).parse(rows).map((row) => [row.one_time_address, row]));
    for (const { row, resolve, reject } of known) {
      const found = byAddress.get(row.one_time_address);
      if (found === undefined) reject(new Error("a contribution was removed while it was posted again"));
      else resolve(identityOf(found) === row.identity ? { id: found.id, state: found.state, isNew: false } : "conflict");
    }
  }
}

let shared: ContributionQueue | undefined;

/** The process's queue. */
export function contributionQueue(): ContributionQueue {
  shared ??= new ContributionQueue(pool());
  return shared;
}
