import { z } from "zod";
import { bigintToHex, isHex } from "@/lib/kernel/hex";
import type { Engine, EngineProgress, KeyMaterial } from "@/local/devnet/engine";
import { startEngineProcess, type EngineProcess, type EngineProcessOptions } from "@/local/devnet/engine-process";

const bareHex = z.string().regex(/^(?:[0-9a-f]{2})*$/);
const valuesSchema = z.object({ values: z.array(bareHex.transform((digits) => BigInt(`0x${digits}`))) });
const verifiedSchema = z.object({ inputId: bareHex, types: z.array(z.number().int()) });
const prefixed = bareHex.transform((digits) => `0x${digits}`).refine(isHex);
const progressSchema: z.ZodType<EngineProgress> = z.object({
  queued: z.number(),
  running: z.number(),
  done: z.number(),
  total: z.number(),
  secondsLeft: z.number().nullable(),
  goals: z.array(z.object({ handle: prefixed, done: z.number(), total: z.number() })),
});

/** The parts of the program that both engines use: keys, and inputs with their proofs. */
export type InputVerifier = Pick<Engine, "waitingFor" | "material" | "verify"> & {
  /** Clear values of a verified input. */
  decryptInput(inputId: string): Promise<bigint[]>;
};

export function createInputVerifier(process: EngineProcess): InputVerifier {
  return {
    waitingFor: () => process.waitingFor(),
    material: async (): Promise<KeyMaterial> => {
      const { publicKeyPath, publicKeyId, crsPath, crsId } = await process.ready();
      return { publicKeyPath, publicKeyId, crsPath, crsId };
    },
    verify: async (blob, aux) => verifiedSchema.parse(await process.request("verify", { blob, aux })),
    decryptInput: async (inputId) => valuesSchema.parse(await process.request("decryptInput", { inputId })).values,
  };
}

/** The real engine: homomorphic evaluation in a process of its own. */
export function createTfheEngine(options: EngineProcessOptions): Engine {
  const process = startEngineProcess(options);
  const { waitingFor, material, verify } = createInputVerifier(process);
  const tell = async (method: string, params: unknown): Promise<void> => {
    await process.request(method, params);
  };
  return {
    kind: "tfhe",
    waitingFor,
    material,
    verify,
    cursor: async () => {
      const { cursor } = await process.ready();
      return cursor === null ? null : { number: cursor.block, hash: prefixed.parse(cursor.hash) };
    },
    bindInput: (inputId, handles) => tell("bindInput", { inputId, handles }),
    importValues: (handles, values) => tell("importSeeded", { handles, values: values.map((value) => bigintToHex(value, 32)) }),
    record: (record) => tell("record", record),
    decrypt: async (handles) => valuesSchema.parse(await process.request("decrypt", { handles })).values,
    drop: (handles) => tell("drop", { handles }),
    progress: async () => progressSchema.parse(await process.request("progress", {})),
    stats: async () => z.record(z.string(), z.unknown()).parse(await process.request("stats", {})),
    stop: () => process.stop(),
  };
}
