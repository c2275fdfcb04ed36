import { describe, expect, test } from "vitest";
import { AppError } from "@/lib/kernel/errors";
import type { CellEstimate } from "@/lib/privacy/model/decode-release";
import type { Kept } from "@/lib/releases/gateway/kept";
import type { Reader } from "@/lib/releases/gateway/reading";
import type { RememberedOrder } from "@/lib/orders/schema";
import { ReadingDesk, type ReadableEpoch } from "@/lib/releases/ui/reading-desk";

const epoch: ReadableEpoch = { epoch: 3, tiles: [{ tile: "872664ca9ffffff", releaseId: "11", vault: "0x01" }] };
const price = 5_000_000n;

/** A browser and a chain in memory: what is bought is opened, what is decrypted is kept. */
function makeWorld(faults: { buy?: () => void; decrypt?: () => void; resume?: () => boolean } = {}) {
  const planes = new Map<string, bigint[]>();
  const orders = new Map<string, RememberedOrder>();
  const opened = new Set<string>();
  const payments: string[][] = [];
  let readersLoaded = 0;
  const kept: Kept = {
    readPlanes: async (id) => planes.get(id) ?? null,
    writePlanes: async (id, values) => void planes.set(id, [...values]),
    findOrders: async () => [...orders.values()],
    writeOrder: async (order) => void orders.set(order.orderId, order),
    removeOrder: async (id) => void orders.delete(id),
    findOwned: async () => new Set([...planes.keys(), ...[...orders.values()].flatMap((order) => (order.isOpened ? order.releases : []))]),
  };
  const reader: Reader = {
    isOpened: async (ids) => ids.every((id) => opened.has(id)),
    resume: async () => faults.resume?.() ?? false,
    buy: async (ids, total, onProgress) => {
      onProgress({ step: "payment", share: null, detail: `Paying ${total}` });
      faults.buy?.();
      payments.push([...ids]);
      await kept.writeOrder({ orderId: `order-${payments.length}`, releases: [...ids], isOpened: true });
      for (const id of ids) opened.add(id);
      onProgress({ step: "opening", share: 1, detail: null });
    },
    decrypt: async (wanted, onProgress) => {
      onProgress({ step: "decryption", share: null, detail: null });
      faults.decrypt?.();
      for (const { releaseId } of wanted) planes.set(releaseId, [BigInt(releaseId)]);
    },
  };
  const pauses: (() => void)[] = [];
  const desk = new ReadingDesk({
    kept,
    loadReader: async () => {
      readersLoaded += 1;
      return reader;
    },
    decode: (values): CellEstimate[] => values.map((value) => ({ cell: `cell-${value}`, shown: false })),
    pause: () => new Promise((resolve) => pauses.push(resolve)),
  });
  const state = (number = epoch.epoch) => desk.snapshot().states.get(number);
  return { desk, kept, planes, opened, payments, pauses, state, readers: () => readersLoaded };
}

describe("looking at an epoch", () => {
  test("what this browser has opens without chain and encryption library", async () => {
    const { desk, planes, state, readers } = makeWorld();
    planes.set("11", [7n]);
    await desk.look(epoch);
    expect(state()).toEqual({ kind: "opened", tiles: { "872664ca9ffffff": [{ cell: "cell-7", shown: false }] } });
    expect(readers()).toBe(0);
  });

  test("what nobody bought is offered", async () => {
    const { desk, state } = makeWorld();
    await desk.look(epoch);
    expect(state()).toEqual({ kind: "offered" });
  });

  test("what was opened to this browser's key is decrypted without paying", async () => {
    const { desk, opened, payments, state } = makeWorld();
    opened.add("11");
    await desk.look(epoch);
    expect([state()?.kind, payments]).toEqual(["opened", []]);
  });

  test("a purchase that broke off is continued", async () => {
    const { desk, payments, state } = makeWorld({ resume: () => true });
    await desk.look(epoch);
    expect([state()?.kind, payments]).toEqual(["opened", []]);
  });

  test("twice asks once", async () => {
    const { desk, readers } = makeWorld();
    await Promise.all([desk.look(epoch), desk.look(epoch)]);
    await desk.look(epoch);
    expect(readers()).toBe(1);
  });
});

describe("buying", () => {
  test("pays once for the epoch and what comes with it, then shows the epoch", async () => {
    const { desk, payments, state } = makeWorld();
    await desk.look(epoch);
    await desk.buy(epoch, ["12"], price);
    expect([state()?.kind, payments]).toEqual(["opened", [["11", "12"]]]);
    expect(desk.snapshot().owned).toEqual(new Set(["11", "12"]));
  });

  test("everyone who watches is told of each step", async () => {
    const { desk, state } = makeWorld();
    const seen: unknown[] = [];
    const leave = desk.subscribe(() => seen.push(state()?.kind));
    await desk.look(epoch);
    await desk.buy(epoch, [], price);
    leave();
    expect(new Set(seen)).toEqual(new Set(["checking", "offered", "working", "opened"]));
  });

  test("a failure before the payment says that nothing was paid", async () => {
    const { desk, state } = makeWorld();
    const failing = new ReadingDesk({
      kept: makeWorld().kept, decode: () => [], pause: async () => undefined,
      loadReader: () => Promise.reject(new AppError("browser.storage", "no storage")),
    });
    await failing.buy(epoch, [], price);
    expect(failing.snapshot().states.get(3)).toMatchObject({ kind: "failed", paid: "no", isRetrying: false });
    await desk.look(epoch);
    expect(state()?.kind).toBe("offered");
  });

  test("a payment that broke off says that its outcome is not known", async () => {
    const { desk, state } = makeWorld({ buy: () => { throw new AppError("chain.timeout", "not in a block yet"); } });
    await desk.buy(epoch, [], price);
    expect(state()).toMatchObject({ kind: "failed", paid: "maybe" });
  });

  test("a failure after the payment keeps the purchase, and the next attempt pays nothing", async () => {
    let isBroken = true;
    const { desk, payments, state } = makeWorld({ decrypt: () => { if (isBroken) throw new AppError("relayer.refused", "no"); } });
    await desk.buy(epoch, [], price);
    expect(state()).toMatchObject({ kind: "failed", paid: "yes", isRetrying: false });
    isBroken = false;
    await desk.retry(epoch);
    expect([state()?.kind, payments.length]).toEqual(["opened", 1]);
  });

  test("a relayer that is away is tried again without being asked", async () => {
    let isAway = true;
    const { desk, payments, pauses, state } = makeWorld({ decrypt: () => { if (isAway) throw new AppError("relayer.unreachable", "away"); } });
    await desk.buy(epoch, [], price);
    expect(state()).toMatchObject({ kind: "failed", paid: "yes", isRetrying: true });
    isAway = false;
    const opened = new Promise<void>((resolve) => desk.subscribe(() => { if (state()?.kind === "opened") resolve(); }));
    pauses[0]?.();
    await opened;
    expect(payments).toHaveLength(1);
  });
});
