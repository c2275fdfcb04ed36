import { readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { AppError } from "@/lib/kernel/errors";
import { systemRandom } from "@/lib/kernel/random";
import { createPrivateKey } from "@/lib/chain/gateway/signer";
import type { FheClient } from "@/lib/fhe/model/client";
import { readerKeySchema, type ReaderKey } from "@/lib/fhe/model/reader-key";
import { env } from "@/lib/platform/env";

const fileOf = (): string => path.join(env().LOCAL_DIR, "keys", "reader.json");

/** Keeps the reader key with its permits (mode 0600), as a whole. */
export async function keepReader(reader: ReaderKey): Promise<void> {
  const file = fileOf();
  await writeFile(`${file}.next`, JSON.stringify(reader), { mode: 0o600 });
  await rename(`${file}.next`, file);
}

/** The key that this machine reads releases with; made at the first time. Losing it costs a purchase at most. Throws `config.invalid`. */
export async function provideReader(fhe: FheClient): Promise<ReaderKey> {
  const text = await readFile(fileOf(), "utf8").catch(() => undefined); // absent: made now
  if (text === undefined) {
    const made = await fhe.createReaderKey(createPrivateKey(systemRandom));
    await keepReader(made);
    return made;
  }
  const parsed = readerKeySchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new AppError("config.invalid", `${fileOf()} is damaged. Delete it; releases must then be bought for a new key.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
