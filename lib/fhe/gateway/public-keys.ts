import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import { bytesToHex } from "@/lib/kernel/hex";
import { fetchBytes } from "@/lib/fhe/gateway/fetch-bytes";
import { localChainId } from "@/lib/chain/model/network";
import type { FheNetwork } from "@/lib/fhe/model/network";

const fileSchema = z.object({ dataId: z.string().min(1), urls: z.tuple([z.string().min(1)], z.string()) });
const keyUrlSchema = z.object({
  response: z.object({
    fheKeyInfo: z.tuple([z.object({ fhePublicKey: fileSchema })], z.unknown()),
    crs: z.object({ "2048": fileSchema }),
  }),
});

/** A public file of the network: the encryption key (33 kB) or the CRS (4.6 MB). */
export type KeyFile = { id: string; bytes: Uint8Array };
export type PublicKeys = { publicKey: KeyFile; crs: KeyFile };

/** Where downloaded files are kept, by id. Ids change whenever the content does. */
export type KeyCache = {
  get(id: string): Promise<Uint8Array | undefined>;
  put(id: string, bytes: Uint8Array): Promise<void>;
};

const sha256Pattern = /^(?:0x)?([0-9a-f]{64})$/i;

async function sha256(bytes: Uint8Array): Promise<string> {
  return bytesToHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes.slice()))).slice(2);
}

/** Where ids are content hashes (the local devnet), a file that is not what it says is thrown away. */
async function isIntact(id: string, bytes: Uint8Array, isContentHash: boolean): Promise<boolean> {
  const hash = sha256Pattern.exec(id)?.[1]?.toLowerCase();
  return !isContentHash || hash === undefined || hash === (await sha256(bytes));
}

type LoadOptions = { cache: KeyCache; headers?: Record<string, string>; isContentHash: boolean; onProgress?: (done: number, total: number) => void };

async function loadFile(base: string, file: z.infer<typeof fileSchema>, options: LoadOptions): Promise<KeyFile> {
  const id = file.dataId;
  const kept = await options.cache.get(id);
  if (kept !== undefined && (await isIntact(id, kept, options.isContentHash))) return { id, bytes: kept };
  const bytes = await fetchBytes(new URL(file.urls[0], base).href, { timeoutMs: 120_000 });
  if (!(await isIntact(id, bytes, options.isContentHash))) {
    throw new AppError("relayer.unreachable", "A public key file arrived damaged. Run again.", { details: { retryable: true } });
  }
  await options.cache.put(id, bytes);
  return { id, bytes };
}

/**
 * The network's public key and CRS, from the cache where their ids are known and from the relayer otherwise.
 * Throws `relayer.unreachable`, or `relayer.refused` when something else answers at the relayer's address.
 */
export async function loadPublicKeys(network: FheNetwork, options: Omit<LoadOptions, "isContentHash">): Promise<PublicKeys> {
  const url = `${network.relayerUrl}/keyurl`;
  const answer = await fetchBytes(url, { timeoutMs: 15_000, headers: options.headers });
  const parsed = keyUrlSchema.safeParse(parseJson(answer));
  if (!parsed.success) throw new AppError("relayer.refused", `${url} does not answer as a relayer of API version 2. Check RELAYER_URL.`);
  const { fheKeyInfo, crs } = parsed.data.response;
  const loading = { ...options, isContentHash: network.chainId === localChainId };
  options.onProgress?.(0, 2);
  const publicKey = await loadFile(url, fheKeyInfo[0].fhePublicKey, loading);
  options.onProgress?.(1, 2);
  const crsFile = await loadFile(url, crs["2048"], loading);
  options.onProgress?.(2, 2);
  return { publicKey, crs: crsFile };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
