import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import type { Chain } from "@/lib/chain/gateway/provider";
import type { OrderMemory } from "@/lib/orders/gateway";
import { rememberedOrderSchema, type RememberedOrder } from "@/lib/orders/schema";
import { env } from "@/lib/platform/env";

const fileSchema = z.array(rememberedOrderSchema);

async function readOrders(file: string): Promise<RememberedOrder[]> {
  const text = await readFile(file, "utf8").catch(() => undefined); // absent: nothing was bought yet
  if (text === undefined) return [];
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError("config.invalid", `${file} is damaged. It says which purchases are not finished; restore it, or delete it and pay for unfinished ones again.`, { cause });
  }
}

/** Orders begun with the reader key of this machine, in a file beside it (mode 0600), one file for each marketplace. */
export function fileMemory({ network }: Chain): OrderMemory {
  const folder = path.join(env().LOCAL_DIR, "keys");
  const file = path.join(folder, `orders-${network.chainId}-${network.addresses.marketplace.toLowerCase()}.json`);
  const change = async (orderId: string, added: readonly RememberedOrder[]): Promise<void> => {
    const others = (await readOrders(file)).filter((order) => order.orderId !== orderId);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(`${file}.next`, JSON.stringify([...others, ...added]), { mode: 0o600 });
    await rename(`${file}.next`, file);
  };
  return {
    findOrders: () => readOrders(file),
    writeOrder: (order) => change(order.orderId, [order]),
    removeOrder: (orderId) => change(orderId, []),
  };
}
