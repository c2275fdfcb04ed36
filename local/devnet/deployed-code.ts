import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import { replaceFile } from "@/local/devnet/durable-file";

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const rememberedSchema = z.record(z.string(), z.object({ code: hash, abi: hash }));
type Remembered = z.infer<typeof rememberedSchema>;

const artifactSchema = z.object({ bytecode: z.string(), abi: z.array(z.record(z.string(), z.unknown())) });

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

async function describeArtifact(folder: string, source: string): Promise<Remembered[string]> {
  const file = path.join(folder, "src", source, `${path.basename(source, ".sol")}.json`);
  try {
    const { bytecode, abi } = artifactSchema.parse(JSON.parse(await readFile(file, "utf8")));
    return { code: sha256(bytecode), abi: sha256(abi.map((entry) => JSON.stringify(entry)).toSorted().join("\n")) };
  } catch (cause) {
    throw new AppError("config.invalid", `${file} is missing or malformed. Run npm run compile -w contracts.`, { cause });
  }
}

export type CodeCheck = {
  /** The devnet's folder: what was deployed is remembered in contracts.json there. */
  folder: string;
  artifactsFolder: string;
  /** Contracts by their path below contracts/src. */
  sources: readonly string[];
  /** Whether the chain has none of them yet. */
  isNew: boolean;
};

/**
 * Compares this checkout's contracts with those that the chain was made with, and remembers them for a new chain.
 * Resolves to the names of those that differ in code alone: their interface is the same, and the deployed ones go on.
 * Throws `config.invalid` with the way out when an interface differs: the rest of the product would call what is not there.
 */
export async function checkDeployedCode({ folder, artifactsFolder, sources, isNew }: CodeCheck): Promise<string[]> {
  const file = path.join(folder, "contracts.json");
  const current = Object.fromEntries(await Promise.all(sources.map(async (source) => [source, await describeArtifact(artifactsFolder, source)] as const)));
  if (isNew || !existsSync(file)) {
    await replaceFile(file, `${JSON.stringify(current, null, 2)}\n`);
    return [];
  }
  const remembered = rememberedSchema.parse(JSON.parse(await readFile(file, "utf8")));
  const names = (differs: "code" | "abi"): string[] =>
    sources.filter((source) => remembered[source] !== undefined && remembered[source][differs] !== current[source]?.[differs]).map((source) => path.basename(source, ".sol"));
  const broken = names("abi");
  if (broken.length === 0) return names("code");
  throw new AppError("config.invalid", `The interface of ${broken.join(" and ")} has changed since this local chain was made, and contracts that are deployed cannot be changed. Run npm run reset for a new chain (it wipes the local data), or go back to the contracts of before (git checkout COMMIT -- contracts).`);
}
