import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import { bytesToHex } from "@/lib/kernel/hex";
import { systemRandom } from "@/lib/kernel/random";
import { localAccountsSchema, type LocalAccounts } from "@/lib/platform/deployment";
import { replaceFile } from "@/local/devnet/durable-file";

const privateKey = z.string().regex(/^0x[0-9a-fA-F]{64}$/);
const signersSchema = z.object({ kms: privateKey, coprocessor: privateKey, hostOwner: privateKey });

/** Keys of the network's own parts: they sign decryptions and attest inputs. */
export type NetworkSigners = z.infer<typeof signersSchema>;

const roles = Object.keys(localAccountsSchema.shape);
const parts = Object.keys(signersSchema.shape);

function randomKeys(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, bytesToHex(systemRandom.bytes(32))]));
}

type KeyFile<Keys> = { file: string; names: readonly string[]; schema: z.ZodType<Keys>; mayCreate: boolean };

async function readOrCreate<Keys>({ file, names, schema, mayCreate }: KeyFile<Keys>): Promise<Keys> {
  if (mayCreate) {
    const keys = schema.parse(randomKeys(names));
    await replaceFile(file, `${JSON.stringify(keys, null, 2)}\n`, 0o600);
    return keys;
  }
  try {
    return schema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (cause) {
    throw new AppError("config.invalid", `${file} is missing or damaged, and the chain beside it needs its keys. Run npm run reset.`, { cause });
  }
}

/**
 * The keys of a devnet folder: new random ones for a new chain, else the ones that its chain knows.
 * Readable by their owner alone. Throws `config.invalid` when they are lost.
 */
export async function readKeys(folder: string, isNewChain: boolean): Promise<{ accounts: LocalAccounts; signers: NetworkSigners }> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return {
    accounts: await readOrCreate({ file: path.join(folder, "accounts.json"), names: roles, schema: localAccountsSchema, mayCreate: isNewChain }),
    signers: await readOrCreate({ file: path.join(folder, "signers.json"), names: parts, schema: signersSchema, mayCreate: isNewChain }),
  };
}
