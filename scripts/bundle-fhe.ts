import { createRequire } from "node:module";
import { copyFile, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";
import { z } from "zod";
import { sdkVersion } from "@/lib/fhe/model/sdk-version";
import { AppError } from "@/lib/kernel/errors";

const root = path.resolve(import.meta.dirname, "..");
const publicFolder = path.join(root, "public", "fhe");

/** Files that the SDK loads from beside itself at run time. */
const companions = ["workerHelpers.js", "tfhe_bg.wasm", "kms_lib_bg.wasm"];

async function findSdk(): Promise<{ folder: string; version: string }> {
  const manifest = createRequire(import.meta.url).resolve("@zama-fhe/relayer-sdk/package.json");
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(await readFile(manifest, "utf8")));
  return { folder: path.join(path.dirname(manifest), "lib"), version };
}

async function bundle(folder: string, target: string): Promise<void> {
  await build({
    stdin: { contents: 'export { initSDK, createInstance } from "@zama-fhe/relayer-sdk/web";', resolveDir: root, loader: "js" },
    outfile: path.join(target, "sdk.js"),
    bundle: true,
    format: "esm",
    target: "es2022",
    platform: "browser",
    minify: true,
    logLevel: "warning",
  });
  for (const file of companions) await copyFile(path.join(folder, file), path.join(target, file));
  await assertStartsHelpers(path.join(target, "sdk.js"));
}

/** The bundle must find its thread helper and wasm beside itself, or proofs fail in the browser. */
async function assertStartsHelpers(file: string): Promise<void> {
  const text = await readFile(file, "utf8");
  const missing = companions.filter((name) => !text.includes(name));
  if (missing.length > 0) throw new AppError("internal", `The bundled relayer SDK no longer loads ${missing.join(", ")}: adapt scripts/bundle-fhe.ts.`);
}

/**
 * Puts the relayer SDK into public/fhe/VERSION/, to be imported by the browser's worker at run time.
 * The folder's name changes with the SDK's version, so that it may be cached for ever; older ones are removed.
 */
export async function bundleFhe(): Promise<string> {
  const { folder, version } = await findSdk();
  if (version !== sdkVersion) throw new AppError("internal", `Relayer SDK ${version} is installed; lib/fhe/model/sdk-version.ts says ${sdkVersion}.`);
  const target = path.join(publicFolder, version);
  const fresh = path.join(publicFolder, `.${version}.next`);
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  await bundle(folder, fresh);
  for (const old of await readdir(publicFolder)) {
    if (old !== path.basename(fresh)) await rm(path.join(publicFolder, old), { recursive: true, force: true });
  }
  await rename(fresh, target);
  return target;
}

if (process.argv[1] === import.meta.filename) {
  process.stderr.write(`${path.relative(root, await bundleFhe())}\n`);
}
