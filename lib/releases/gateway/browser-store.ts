import type { z } from "zod";
import { AppError } from "@/lib/kernel/errors";

/** What this browser keeps: its account, orders that are under way, and what it has decrypted. None of it is ever sent. */
const stores = ["accounts", "orders", "planes"] as const;

export type StoreName = (typeof stores)[number];

export type BrowserStore = {
  /** A kept value, or null when there is none or when an older version of the page wrote it in another form. */
  read<Schema extends z.ZodType>(store: StoreName, key: string, schema: Schema): Promise<z.output<Schema> | null>;
  write(store: StoreName, key: string, value: unknown): Promise<void>;
  remove(store: StoreName, key: string): Promise<void>;
  /** Every kept value of a store whose key begins with the prefix. */
  readAll<Schema extends z.ZodType>(store: StoreName, prefix: string, schema: Schema): Promise<z.output<Schema>[]>;
};

const databaseName = "private-traffic";
const version = 1;

function fail(cause: unknown): AppError {
  return new AppError("browser.storage", "This browser does not let the page keep anything. Allow storage for this site, or leave the private window, and reload.", { cause });
}

function settle<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(fail(request.error));
  });
}

function finish(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(fail(transaction.error));
  });
}

function openDatabase(): Promise<IDBDatabase> {
  try {
    const request = indexedDB.open(databaseName, version);
    request.onupgradeneeded = () => {
      for (const name of stores) if (!request.result.objectStoreNames.contains(name)) request.result.createObjectStore(name);
    };
    return settle(request);
  } catch (cause) {
    return Promise.reject(fail(cause));
  }
}

let opened: Promise<IDBDatabase> | undefined;

/** One connection for the page; after a refusal the next call asks again. */
function database(): Promise<IDBDatabase> {
  opened ??= openDatabase().catch((error: unknown) => {
    opened = undefined;
    throw error;
  });
  return opened;
}

/** The browser's own storage (IndexedDB). Every call throws `browser.storage` where the browser refuses it. */
export function browserStore(): BrowserStore {
  const begin = async (store: StoreName, mode: IDBTransactionMode) => (await database()).transaction(store, mode);
  return {
    read: async (store, key, schema) => {
      const transaction = await begin(store, "readonly");
      const parsed = schema.safeParse(await settle(transaction.objectStore(store).get(key)));
      return parsed.success ? parsed.data : null;
    },
    write: async (store, key, value) => {
      const transaction = await begin(store, "readwrite");
      transaction.objectStore(store).put(value, key);
      await finish(transaction);
    },
    remove: async (store, key) => {
      const transaction = await begin(store, "readwrite");
      transaction.objectStore(store).delete(key);
      await finish(transaction);
    },
    readAll: async (store, prefix, schema) => {
      const transaction = await begin(store, "readonly");
      const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
      const values: unknown[] = await settle(transaction.objectStore(store).getAll(range));
      return values.flatMap((value) => {
        const parsed = schema.safeParse(value);
        return parsed.success ? [parsed.data] : [];
      });
    },
  };
}
