import { chmodSync } from "node:fs";
import path from "node:path";
import { TrafficHistogram__factory } from "@/lib/chain/abi/factories/TrafficHistogram__factory";
import { getTileStatus } from "@/lib/chain/gateway/histogram";
import { createRegion } from "@/lib/chain/gateway/lifecycle";
import { connectChain, readChainClock, type Chain } from "@/lib/chain/gateway/provider";
import { connectSigner, type Signer } from "@/lib/chain/gateway/signer";
import type { TileStatus } from "@/lib/chain/model/release-state";
import { followChain } from "@/lib/chain/mutations/follow-chain";
import { defaultCover } from "@/lib/geo/model/tile";
import { localTickets, type TicketSource } from "@/lib/ingest/gateway/tickets";
import type { PlannedContribution } from "@/lib/ingest/model/planned-contribution";
import { prepareItem } from "@/lib/ingest/mutations/prepare-item";
import type { PreparedItem } from "@/lib/ingest/schema";
import { hexToBytes } from "@/lib/kernel/hex";
import { systemRandom } from "@/lib/kernel/random";
import { connectDatabase, type Database } from "@/lib/platform/database";
import { applyMigrations } from "@/lib/platform/migrations";
import type { DevnetOptions } from "@/local/devnet/devnet";
import { attest } from "@/local/devnet/testing/attested";
import { DevnetFixture } from "@/local/devnet/testing/devnet-fixture";
import { findFreePort } from "@/local/free-port";
import { startPostgres, type PostgresOptions, type PostgresServer } from "@/local/postgres/server";

export const tile = "872664ca9ffffff";
export const cover = defaultCover(tile);
const hour = 3_600;

export type NewItem = Partial<{
  epoch: number;
  words: bigint[];
  /** Vehicles of a fleet, whose planes `words` are then, for the tile alone. */
  fleet: number;
  tickets: TicketSource;
  spoil: (item: PreparedItem) => Partial<PreparedItem>;
}>;

/** A devnet on cleartexts, a Postgres, and contributions as rows of the queue. */
export class WorkerFixture {
  readonly devnet: DevnetFixture;
  readonly chain: Chain;
  readonly database: Database;
  readonly databaseUrl: string;
  #postgres: PostgresServer;
  readonly #postgresOptions: PostgresOptions;
  #plans = 0;
  #regions = 0;

  private constructor(devnet: DevnetFixture, postgres: PostgresServer, options: PostgresOptions) {
    this.#postgresOptions = options;
    this.devnet = devnet;
    this.chain = connectChain(devnet.devnet.deployment);
    this.#postgres = postgres;
    this.databaseUrl = postgres.url;
    this.database = connectDatabase(postgres.url);
  }

  static async start(changes: Partial<DevnetOptions> = {}): Promise<WorkerFixture> {
    const devnet = await DevnetFixture.start("clear", changes);
    chmodSync(devnet.options.folder, 0o755); // Postgres runs as another account
    const options: PostgresOptions = { folder: path.join(devnet.options.folder, "postgres"), port: await findFreePort() };
    const postgres = await startPostgres(options);
    await applyMigrations(postgres.url);
    return new WorkerFixture(devnet, postgres, options);
  }

  /** The database goes away for as long as the task takes. */
  async withoutDatabase(task: () => Promise<void>): Promise<void> {
    await this.#postgres.stop();
    await task();
    this.#postgres = await startPostgres(this.#postgresOptions);
  }

  async remove(): Promise<void> {
    await this.database.$disconnect();
    await this.#postgres.stop();
    await this.devnet.remove();
  }

  get histogram(): { chainId: number; verifyingContract: string } {
    return { chainId: this.chain.network.chainId, verifyingContract: this.chain.network.addresses.histogram };
  }

  get tickets(): TicketSource {
    return localTickets(this.devnet.devnet.accounts.ticketSigner, this.histogram);
  }

  async newSigner(): Promise<Signer> {
    return connectSigner(this.chain, (await this.devnet.createActor()).privateKey);
  }

  async now(): Promise<number> {
    return (await readChainClock(this.chain)).time;
  }

  /** A region of one cover of seven tiles, epochs of an hour, a grace of ten minutes; its epoch 0 has just begun. */
  async makeRegion(changes: { covers?: string[][]; ticketsMin?: number } = {}): Promise<number> {
    const curator = connectSigner(this.chain, this.devnet.devnet.accounts.curator);
    this.#regions += 1;
    return createRegion(this.chain, curator, {
      slug: `worker-${this.#regions}`, start: await this.now(), epochSeconds: hour, graceSeconds: 600, studyUntil: null, tileResolution: 7, samplingRate: 1,
      visitsMax: 8, ticketsMin: 1, profile: "demo", speedEdges: [10, 20, 30, 45], covers: [cover], ...changes,
    });
  }

  /** Mines a block of the given time, to which the chain's clock is moved on. */
  async travelTo(time: number): Promise<void> {
    await this.devnet.rpc("evm_setNextBlockTimestamp", [time]);
    await this.devnet.rpc("evm_mine");
  }

  async travel(seconds: number): Promise<void> {
    await this.travelTo((await this.now()) + seconds);
  }

  async #call(data: string): Promise<void> {
    const admin = connectSigner(this.chain, this.devnet.devnet.accounts.admin);
    await (await admin.sendTransaction({ to: this.histogram.verifyingContract, data })).wait();
  }

  pause(): Promise<void> {
    return this.#call(TrafficHistogram__factory.createInterface().encodeFunctionData("pause"));
  }

  unpause(): Promise<void> {
    return this.#call(TrafficHistogram__factory.createInterface().encodeFunctionData("unpause"));
  }

  statusOf(regionId: number, epoch = 0): Promise<TileStatus> {
    return getTileStatus(this.chain, { regionId, tile, epoch });
  }

  /** Reads the chain into the database until there is nothing new. */
  async index(): Promise<void> {
    for (;;) {
      const { to, head, rolledBack } = await followChain(this.database, this.chain);
      if (rolledBack === null && to >= head) return;
    }
  }

  /** Encrypts (attested without a proof), signs and puts one contribution into the queue; resolves to its row's id. */
  async post(regionId: number, changes: NewItem = {}): Promise<string> {
    this.#plans += 1;
    const { epoch = 0, words = cover.map((_, index) => (index === 0 ? 1n : 0n)), tickets = this.tickets, spoil, fleet } = changes;
    const base = { id: `w${this.#plans}/${epoch}/0`, regionId, epoch };
    const planned: PlannedContribution = fleet === undefined ? { ...base, kind: "vehicle", cover: 0, words } : { ...base, kind: "fleet", tile, planes: words, vehicles: fleet };
    const fhe = { encryptWords: ({ contractAddress, userAddress, words: values }: { contractAddress: string; userAddress: string; words: readonly bigint[] }) => attest(this.devnet.devnet.url, { values, contractAddress, userAddress }) };
    const made = await prepareItem(planned, { fhe, histogram: this.histogram, random: systemRandom });
    const item = { ...made, ...spoil?.(made) };
    const { oneTimeAddress, maxLevel, vehicles } = item;
    const ticket = await tickets({ oneTimeAddress, regionId, epoch, maxLevel, vehicles }, await this.now());
    const { id } = await this.database.contribution.create({
      data: {
        chainId: this.chain.network.chainId, oneTimeAddress: oneTimeAddress.toLowerCase(), regionId, epoch, cover: item.cover, tile: fleet === undefined ? null : tile, levels: item.levels,
        handles: item.handles, vehicles, maxLevel, signature: item.signature, inputProof: new Uint8Array(hexToBytes(item.inputProof)),
        ticketExpiry: BigInt(ticket.expiry), ticketSignature: ticket.signature, receivedHour: new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000),
      },
    });
    return id;
  }

  async postMany(regionId: number, count: number, changes: NewItem = {}): Promise<string[]> {
    const ids: string[] = [];
    for (let posted = 0; posted < count; posted += 1) ids.push(await this.post(regionId, changes));
    return ids;
  }

  /** Where contributions stand: "accepted", or the state and its reason. */
  async statesOf(ids: readonly string[]): Promise<string[]> {
    const rows = await this.database.contribution.findMany({ where: { id: { in: [...ids] } } });
    return ids.map((id) => {
      const row = rows.find((one) => one.id === id);
      return row === undefined ? "gone" : row.reason === null ? row.state : `${row.state}: ${row.reason}`;
    });
  }
}
