import "server-only";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { readerKeySchema, type ReaderKey } from "@/lib/fhe/model/reader-key";
import type { OrderMemory } from "@/lib/orders/gateway";
import { rememberedOrderSchema } from "@/lib/orders/schema";
import { env } from "@/lib/platform/env";
import { sampleSchema, type Sample } from "@/lib/releases/model/sample";

const ordersSchema = z.array(rememberedOrderSchema);

/** What the site's own reader keeps between two starts: its key, the orders that it began, the last sample. */
export type SampleStore = {
  readReader(): Promise<ReaderKey | null>;
  writeReader(reader: ReaderKey): Promise<void>;
  readSample(): Promise<Sample | null>;
  writeSample(sample: Sample): Promise<void>;
  /** The orders of one marketplace. */
  ordersOf(marketplace: string): OrderMemory;
};

/** A file's content, or null when it is absent or of another form: a sample's purchase can always be made again. */
async function readKept<Schema extends z.ZodType>(file: string, schema: Schema): Promise<z.output<Schema> | null> {
  const text = await readFile(file, "utf8").catch(() => null);
  if (text === null) return null;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

async function writeWhole(file: string, value: unknown): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(`${file}.next`, JSON.stringify(value), { mode: 0o600 });
  await rename(`${file}.next`, file);
}

/** Files in a folder, by default LOCAL_DIR/sample (mode 0600). */
export function openSampleStore(folder = path.join(env().LOCAL_DIR, "sample")): SampleStore {
  const fileOf = (name: string) => path.join(folder, `${name}.json`);
  return {
    readReader: () => readKept(fileOf("reader"), readerKeySchema),
    writeReader: (reader) => writeWhole(fileOf("reader"), reader),
    readSample: () => readKept(fileOf("sample"), sampleSchema),
    writeSample: (sample) => writeWhole(fileOf("sample"), sample),
    ordersOf: (marketplace) => {
      const file = fileOf(`orders-${marketplace.toLowerCase()}`);
      const findOrders = async () => (await readKept(file, ordersSchema)) ?? [];
      const others = async (orderId: string) => (await findOrders()).filter((order) => order.orderId !== orderId);
      return {
        findOrders,
        writeOrder: async (order) => writeWhole(file, [...await others(order.orderId), order]),
        removeOrder: async (orderId) => writeWhole(file, await others(orderId)),
      };
    },
  };
}
