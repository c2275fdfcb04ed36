import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { AppError } from "@/lib/kernel/errors";
import { evaluate, truncate } from "@/local/devnet/clear-operations";
import { openClearStore, type ClearStore, type Stored } from "@/local/devnet/clear-store";
import { replaceFile } from "@/local/devnet/durable-file";
import type { BlockRecord, Engine, Handle } from "@/local/devnet/engine";
import { startEngineProcess, type EngineProcessOptions } from "@/local/devnet/engine-process";
import { typeOfHandle } from "@/local/devnet/fhe-type";
import { createInputVerifier } from "@/local/devnet/tfhe-engine";

export type ClearEngineOptions = {
  /** Where values and the secret of the random numbers are kept. */
  folder: string;
  /** The program that checks and decrypts inputs. */
  process: EngineProcessOptions;
};

const refuse = (reason: string, message: string): AppError => new AppError("engine.refused", message, { details: { reason } });

async function readSecret(folder: string): Promise<Uint8Array> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, "random.key");
  if (!existsSync(file)) await replaceFile(file, randomBytes(32), 0o600);
  return readFile(file);
}

function knownValue(handle: Handle, stored: Stored | undefined): bigint {
  if (stored === undefined) throw refuse("unknown_handle", `Nothing is known of handle ${handle}.`);
  if ("fault" in stored) throw refuse("unsupported_operation", stored.fault);
  return stored.value;
}

/**
 * What a block leaves behind. Its operations are evaluated at once; of their results only those stay that were allowed
 * to somebody, because no later transaction can use any other.
 */
function valuesOfBlock(store: ClearStore, record: BlockRecord, secretKey: Uint8Array): Map<Handle, Stored> {
  const computed = new Map<Handle, Stored>();
  const valueOf = (handle: Handle): bigint => knownValue(handle, computed.get(handle) ?? store.find(handle));
  for (const operation of record.operations) {
    try {
      computed.set(operation.result, { value: evaluate(operation, { valueOf, secretKey }) });
    } catch (error) {
      // Whoever needs it gets the reason; a contract may well compute something that nobody ever reads.
      computed.set(operation.result, { fault: error instanceof Error ? error.message : String(error) });
    }
  }
  const allowed = new Set(record.allowed.map(({ handle }) => handle));
  return new Map([...computed].filter(([handle]) => allowed.has(handle)));
}

/** Handle i stands for value i, cut to the handle's type. */
function pairUp(handles: readonly Handle[], values: readonly bigint[]): Map<Handle, Stored> {
  if (handles.length !== values.length) throw refuse("bad_request", `${handles.length} handles for ${values.length} values.`);
  return new Map(handles.map((handle, index) => [handle, { value: truncate(values[index] ?? 0n, typeOfHandle(handle)) }]));
}

/** The stand-in for fast tests and load: the same handles, grants and proofs, but values that are not encrypted. */
export async function createClearEngine({ folder, process: program }: ClearEngineOptions): Promise<Engine> {
  const secretKey = await readSecret(folder);
  const store = openClearStore(path.join(folder, "values.sqlite"));
  const process = startEngineProcess(program);
  const { waitingFor, material, verify, decryptInput } = createInputVerifier(process);
  const importValues = async (handles: readonly Handle[], values: readonly bigint[]): Promise<void> => store.save(pairUp(handles, values));
  return {
    kind: "clear",
    waitingFor,
    material,
    verify,
    cursor: async () => store.cursor(),
    bindInput: async (inputId, handles) => importValues(handles, await decryptInput(inputId)),
    importValues,
    record: async (record) => store.save(valuesOfBlock(store, record, secretKey), record.block),
    decrypt: async (handles) => handles.map((handle) => knownValue(handle, store.find(handle))),
    drop: async (handles) => store.remove(handles),
    progress: async () => ({ queued: 0, running: 0, done: 0, total: 0, secondsLeft: 0, goals: [] }),
    stats: async () => ({ values: store.count() }),
    stop: async () => {
      await process.stop();
      store.close();
    },
  };
}
