import type { OrderMemory } from "@/lib/orders/gateway";
import { rememberedOrderSchema } from "@/lib/orders/schema";
import type { BrowserStore } from "@/lib/releases/gateway/browser-store";
import { keptPlanesSchema } from "@/lib/releases/schema";

/**
 * What this browser has from earlier visits: decrypted planes and orders.
 * Kept by network and contract, so that a network that was reset does not show what is not on it.
 */
export type Kept = OrderMemory & {
  readPlanes(releaseId: string): Promise<bigint[] | null>;
  writePlanes(releaseId: string, planes: readonly bigint[]): Promise<void>;
  /** Releases that are the visitor's: decrypted here, or in an order that was opened. */
  findOwned(): Promise<Set<string>>;
};

/** The part of the browser's storage that belongs to one network. */
export function scopeOf({ chainId, addresses }: { chainId: number; addresses: { histogram: string } }): string {
  return `${chainId}:${addresses.histogram.toLowerCase()}:`;
}

/** The browser's memory of one network. */
export function keptOf(store: BrowserStore, scope: string): Kept {
  const findOrders = () => store.readAll("orders", scope, rememberedOrderSchema);
  return {
    readPlanes: async (releaseId) => (await store.read("planes", scope + releaseId, keptPlanesSchema))?.planes.map(BigInt) ?? null,
    writePlanes: (releaseId, planes) => store.write("planes", scope + releaseId, { releaseId, planes: planes.map(String) }),
    findOrders,
    writeOrder: (order) => store.write("orders", scope + order.orderId, order),
    removeOrder: (orderId) => store.remove("orders", scope + orderId),
    findOwned: async () => {
      const [orders, planes] = await Promise.all([findOrders(), store.readAll("planes", scope, keptPlanesSchema)]);
      const opened = orders.filter(({ isOpened }) => isOpened).flatMap(({ releases }) => releases);
      return new Set([...opened, ...planes.map(({ releaseId }) => releaseId)]);
    },
  };
}
