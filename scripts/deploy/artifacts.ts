import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";

const artifactSchema = z.object({ contractName: z.string(), sourceName: z.string(), bytecode: z.string().regex(/^0x[0-9a-f]+$/), deployedBytecode: z.string() });

/** Folders of contracts/src whose contracts exist on chain 31337 only. */
const localOnly = ["demo", "mocks", "token"];
/** EIP-170. */
const codeBytesMax = 24_576;

/** The creation code of one of the product's contracts. Throws `config.invalid` for stand-ins of the local network. */
export async function readProductCode(source: string, folder = path.join("contracts", "artifacts")): Promise<string> {
  const [group = ""] = source.split("/");
  if (localOnly.includes(group)) throw new AppError("config.invalid", `${source} is a stand-in of the local network, and is not deployed anywhere else.`);
  const file = path.join(folder, "src", source, `${path.basename(source, ".sol")}.json`);
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new AppError("config.invalid", `${file} is not there. Run npm run compile -w contracts.`, { cause });
  });
  const artifact = artifactSchema.parse(JSON.parse(text));
  const bytes = (artifact.deployedBytecode.length - 2) / 2;
  if (bytes > codeBytesMax) throw new AppError("config.invalid", `${source} has ${bytes} bytes of code; a chain takes ${codeBytesMax}.`);
  return artifact.bytecode;
}
