import { systemRandom } from "@/lib/kernel/random";
import { createPrivateKey } from "@/lib/chain/gateway/signer";
import type { FheClient } from "@/lib/fhe/model/client";
import { readerKeySchema, type ReaderKey } from "@/lib/fhe/model/reader-key";
import type { BrowserStore } from "@/lib/releases/gateway/browser-store";

const name = "reader";

/** The key that was made in this browser, or null. */
export async function findReaderKey(store: BrowserStore, scope: string): Promise<ReaderKey | null> {
  return store.read("accounts", scope + name, readerKeySchema);
}

/** Keeps the key, with the permits that were signed since. It never leaves the browser. */
export async function keepReaderKey(store: BrowserStore, scope: string, reader: ReaderKey): Promise<void> {
  await store.write("accounts", scope + name, reader);
}

/** The key of this browser; the first call makes it. */
export async function provideReaderKey(store: BrowserStore, scope: string, fhe: FheClient): Promise<ReaderKey> {
  const kept = await findReaderKey(store, scope);
  if (kept !== null) return kept;
  const made = await fhe.createReaderKey(createPrivateKey(systemRandom));
  await keepReaderKey(store, scope, made);
  return made;
}
