import { createHash } from "node:crypto";
import type { EventSource, TimelessEvent } from "@/lib/chain/gateway/event-source";
import type { BlockHead, ChainEvent } from "@/lib/chain/model/chain-event";
import { encodeSlug } from "@/lib/chain/model/region-params";
import { packReleaseId } from "@/lib/chain/model/release-id";
import type { Hex } from "@/lib/kernel/hex";
import { defaultCover, tileToBigInt } from "@/lib/geo/model/tile";

/** What a test wants to happen; numbers are taken modulo what there is. */
export type Wish = { name: keyof typeof makers; region: number; epoch: number; place: number; account: number };

const tiles = defaultCover("872664ca9ffffff").slice(0, 3);
const covers = [tiles.slice(0, 1), tiles.slice(1)];
const account = (number: number): string => `0x${(number + 1).toString(16).padStart(40, "0")}`;
const word = (number: number): string => `0x${(number + 1).toString(16).padStart(64, "0")}`;
const slugs = ["loop-pilot", "chicago-central"] as const;

const tileOf = ({ place }: Wish): string => tiles[place % tiles.length] ?? "";
const releaseOf = (wish: Wish): string => packReleaseId({ regionId: regionOf(wish), epoch: wish.epoch, tile: tileOf(wish) }).toString();
const regionOf = ({ region }: Wish): number => 1 + (region % slugs.length);

const makers = {
  RegionCreated: (wish: Wish) => ({
    regionId: `${regionOf(wish)}`,
    params: {
      slug: encodeSlug(slugs[regionOf(wish) - 1] ?? ""), start: "1000", epochSeconds: "60", graceSeconds: "10", studyUntil: "0", tileResolution: "7", samplingPpm: "1000000",
      visitsMax: "8", ticketsMin: "3", profile: "2", speedEdges: ["10", "20", "30", "45"], covers: covers.map((cover) => cover.map((tile) => tileToBigInt(tile).toString())),
    },
  }),
  ImportOnly: (wish: Wish) => ({ regionId: `${regionOf(wish)}` }),
  ContributionAccepted: (wish: Wish) => {
    const isFleet = wish.place % 2 === 1;
    const tile = isFleet ? tileToBigInt(tileOf(wish)).toString() : "0";
    return { regionId: `${regionOf(wish)}`, epoch: `${wish.epoch}`, oneTimeAddress: account(wish.account), cover: isFleet ? "0" : `${wish.place % 4 === 0 ? 0 : 1}`, tile, vehicles: isFleet ? "5" : "1", levels: isFleet ? ["0", "1", "2"] : [] };
  },
  ContributionRefused: (wish: Wish) => ({ item: "0", oneTimeAddress: account(wish.account), reason: "13" }),
  TileSealed: (wish: Wish) => ({ regionId: `${regionOf(wish)}`, epoch: `${wish.epoch}`, tile: tileToBigInt(tileOf(wish)).toString(), state: wish.account % 3 === 0 ? "4" : "1", tickets: `${wish.account}`, vehicles: `${2 * wish.account}` }),
  TileNoised: (wish: Wish) => ({ releaseId: releaseOf(wish) }),
  ReleasePublished: (wish: Wish) => ({ releaseId: releaseOf(wish), vault: account(wish.account), planes: [word(1), word(2)] }),
  ReleaseOpened: (wish: Wish) => ({ releaseId: releaseOf(wish), reader: account(wish.account), expiry: `${1_000 + wish.epoch}` }),
  ReleaseClosed: (wish: Wish) => ({ releaseId: releaseOf(wish), reader: account(wish.account) }),
  ListingSet: (wish: Wish) => ({ regionId: `${regionOf(wish)}`, listing: { token: account(7), pricePerRelease: `${500_000 + wish.account}`, priceFiatMinor: "50", largestDiscountBps: "0", active: wish.place % 2 === 0 } }),
  OrderPaid: (wish: Wish) => ({ orderId: word(wish.place), buyer: account(wish.account), reader: account(wish.account + 1), token: account(7), amount: `${2n ** 100n}`, releasesHash: word(9), releaseCount: "4" }),
  OrderFulfilledByCard: (wish: Wish) => ({ orderId: word(wish.place), reader: account(wish.account), releasesHash: word(9), releaseCount: "4" }),
  OrderOpened: (wish: Wish) => ({ orderId: word(wish.place), from: "0", count: `${1 + (wish.account % 4)}`, expiry: "5000" }),
  OrderRefunded: (wish: Wish) => ({ orderId: word(wish.place), buyer: account(wish.account), token: account(7), amount: "5" }),
  ReaderAdded: (wish: Wish) => ({ orderId: word(wish.place), reader: account(wish.account) }),
  ReaderRemoved: (wish: Wish) => ({ orderId: word(wish.place), reader: account(wish.account) }),
  ConfirmationsSet: () => ({ confirmations: "3" }),
} as const satisfies Record<string, (wish: Wish) => Record<string, unknown>>;

export const wishNames = Object.keys(makers).filter((name): name is Wish["name"] => name in makers);

const needRegion = new Set<string>(["ImportOnly", "ContributionAccepted", "TileSealed", "TileNoised", "ReleasePublished"]);
const ofMarketplace = new Set<string>(["ListingSet", "OrderPaid", "OrderFulfilledByCard", "OrderOpened", "OrderRefunded", "ReaderAdded", "ReaderRemoved", "ConfirmationsSet"]);

type Block = { head: BlockHead; events: ChainEvent[] };

const genesis: BlockHead = { number: 0, hash: `0x${"00".repeat(31)}01`, parentHash: `0x${"00".repeat(32)}`, time: 1_000 };

/** A chain in memory that can be mined and rolled back at any time, also between two questions. */
export class FakeChain implements EventSource {
  readonly chainId: number;
  readonly histogram = account(100);
  readonly marketplace = account(101);
  readonly deployBlock = 1;
  /** Blocks that are not answered any more. */
  readonly #forgotten = new Set<number>();
  readonly #blocks: Block[] = [{ head: genesis, events: [] }];
  #minted = 0;
  /** Called before each answer, with its number. */
  onQuestion: (question: number) => void = () => undefined;
  #questions = 0;

  readonly #salt: string;

  constructor(chainId: number, salt = "") {
    this.chainId = chainId;
    this.#salt = salt;
    this.mine([]);
  }

  get history(): ChainEvent[] {
    return this.#blocks.flatMap(({ events }) => events);
  }

  #has(name: string, field: string, value: unknown): boolean {
    return this.history.some((event) => event.name === name && event.args[field] === value);
  }

  /** Wishes as the contracts would have them: regions come first and once, and an address is spent once. */
  #grant(wish: Wish): { name: string; args: Record<string, unknown> } | null {
    const args = makers[wish.name](wish);
    if (wish.name === "RegionCreated" || needRegion.has(wish.name)) {
      const exists = this.#has("RegionCreated", "regionId", `${regionOf(wish)}`);
      if (wish.name === "RegionCreated") return exists ? null : { name: wish.name, args };
      if (!exists) return null;
    }
    if (wish.name === "ContributionAccepted" && this.#has(wish.name, "oneTimeAddress", account(wish.account))) return null;
    return { name: wish.name, args };
  }

  mine(wishes: readonly Wish[]): void {
    const parent = this.#blocks.at(-1)?.head ?? genesis;
    this.#minted += 1;
    const hash: Hex = `0x${createHash("sha256").update(`${this.#salt}${this.#minted}`).digest("hex")}`;
    const head: BlockHead = { number: parent.number + 1, hash, parentHash: parent.hash, time: parent.time + 2 };
    const block: Block = { head, events: [] };
    this.#blocks.push(block);
    for (const wish of wishes) {
      const granted = this.#grant(wish);
      if (granted === null) continue;
      const contract = ofMarketplace.has(granted.name) ? "marketplace" : "histogram";
      const place = { contract, address: this[contract], block: head.number, blockHash: hash, time: head.time, transaction: hash, logIndex: block.events.length } as const;
      block.events.push({ ...place, ...granted });
    }
  }

  /** Takes the newest blocks away, never the deployment's. */
  rollBack(depth: number): void {
    for (const { head } of this.#blocks.splice(Math.max(2, this.#blocks.length - depth))) this.#forgotten.delete(head.number);
  }

  /** Forgets what the local network forgets at a restart: old blocks without a transaction. */
  forgetEmpty(): void {
    for (const { head, events } of this.#blocks.slice(2, -2)) if (events.length === 0) this.#forgotten.add(head.number);
  }

  #ask(): void {
    this.#questions += 1;
    this.onQuestion(this.#questions);
  }

  head = async (): Promise<BlockHead> => {
    this.#ask();
    return this.#blocks.at(-1)?.head ?? genesis;
  };

  block = async (number: number): Promise<BlockHead | null> => {
    this.#ask();
    return this.#forgotten.has(number) ? null : (this.#blocks[number]?.head ?? null);
  };

  events = async (from: number, to: number): Promise<TimelessEvent[]> => {
    this.#ask();
    return this.#blocks.slice(from, to + 1).flatMap(({ events }) => events);
  };
}
