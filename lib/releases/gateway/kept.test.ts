import { describe, expect, test } from "vitest";
import type { BrowserStore } from "@/lib/releases/gateway/browser-store";
import { keptOf, scopeOf } from "@/lib/releases/gateway/kept";

/** A store in memory with the same rules: by name and key, values checked when they are read. */
function memoryStore(): BrowserStore {
  const values = new Map<string, unknown>();
  const at = (store: string, key: string) => `${store}/${key}`;
  return {
    read: async (store, key, schema) => {
      const parsed = schema.safeParse(values.get(at(store, key)));
      return parsed.success ? parsed.data : null;
    },
    write: async (store, key, value) => void values.set(at(store, key), structuredClone(value)),
    remove: async (store, key) => void values.delete(at(store, key)),
    readAll: async (store, prefix, schema) => [...values].flatMap(([key, value]) => {
      const parsed = schema.safeParse(value);
      return key.startsWith(at(store, prefix)) && parsed.success ? [parsed.data] : [];
    }),
  };
}

const scope = "31337:0xab:";

describe("what the browser keeps", () => {
  test("planes come back as they were, however large", async () => {
    const kept = keptOf(memoryStore(), scope);
    const planes = [0n, 2n ** 245n - 1n, 5n];
    await kept.writePlanes("77", planes);
    expect([await kept.readPlanes("77"), await kept.readPlanes("78")]).toEqual([planes, null]);
  });

  test("another network's things are not shown", async () => {
    const store = memoryStore();
    await keptOf(store, scope).writePlanes("77", [1n]);
    expect(await keptOf(store, "31337:0xcd:").readPlanes("77")).toBeNull();
    expect(await keptOf(store, "31337:0xcd:").findOwned()).toEqual(new Set());
  });

  test("a value that an older page wrote in another form counts as not there", async () => {
    const store = memoryStore();
    await store.write("planes", `${scope}77`, { planes: [1, 2] });
    expect(await keptOf(store, scope).readPlanes("77")).toBeNull();
  });

  test("what was opened or decrypted is the visitor's; an order that was only begun is not", async () => {
    const kept = keptOf(memoryStore(), scope);
    await kept.writePlanes("1", [1n]);
    await kept.writeOrder({ orderId: "a", releases: ["2", "3"], isOpened: true });
    await kept.writeOrder({ orderId: "b", releases: ["4"], isOpened: false });
    expect(await kept.findOwned()).toEqual(new Set(["1", "2", "3"]));
    await kept.removeOrder("a");
    expect(await kept.findOwned()).toEqual(new Set(["1"]));
  });

  test("the scope names chain and contract, in whatever spelling", () => {
    const at = (histogram: string) => scopeOf({ chainId: 1, addresses: { histogram } });
    expect(at("0xAB")).toBe(at("0xab"));
    expect(at("0xAB")).not.toBe(at("0xac"));
  });
});
