import { readdirSync, statSync } from "node:fs";
import path from "node:path";

/** Folders of lib/ that hold wiring and vocabulary, not a domain: their files are named freely. */
const freeFolders = new Set(["kernel", "platform"]);
/** Generated or free-form below a domain. */
const freeInside = new Set(["ui", "abi"]);
const roleFiles = /^(model|schema|errors|data|mutations|gates|gateway|jobs|loaders|actions)\.ts$/;
const roleFolders = new Set(["model", "data", "mutations", "gateway", "jobs"]);
const workers = /^[a-z0-9-]+\.worker\.ts$/;
const tests = /\.(test|db\.test|integration\.test|tfhe\.test)\.tsx?$/;
const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*\.(ts|tsx|mjs|css|json|sol|rs|cjs|js)$/;

/** Why a file of `lib/DOMAIN/…` may not be there, or undefined when it may. */
export function misplaced(file: string): string | undefined {
  const [top, domain, ...rest] = file.split("/");
  const name = rest.at(-1) ?? "";
  if (top !== "lib" || domain === undefined || freeFolders.has(domain)) return undefined;
  if (rest.length > 1 && freeInside.has(rest[0] ?? "")) return undefined;
  if (tests.test(name)) return undefined;
  if (rest.length === 1) return roleFiles.test(name) || workers.test(name) ? undefined : "is not one of a domain's files (docs/architecture.md, Layout)";
  const sub = rest.slice(0, -1);
  return sub.every((folder, index) => roleFolders.has(folder) || index > 0) ? undefined : "lies in a folder that no domain has";
}

/** Why a source file's name is not as all others are, or undefined when it is. Generated and routed names are free. */
export function misnamed(file: string): string | undefined {
  const name = path.basename(file);
  if (file.startsWith("contracts/") || file.startsWith("native/") || file.startsWith("app/")) return undefined;
  return kebab.test(name) ? undefined : "is not named in kebab-case";
}

const skipped = new Set(["node_modules", ".next", ".git", ".local", ".build", "abi", "generated", "artifacts", "public"]);

/** Every source file below the folder, as paths from the root with forward slashes. */
export function listSources(folder: string, root = folder): string[] {
  return readdirSync(folder).flatMap((name) => {
    if (skipped.has(name)) return [];
    const full = path.join(folder, name);
    if (statSync(full).isDirectory()) return listSources(full, root);
    return /\.(ts|tsx|mjs)$/.test(name) ? [path.relative(root, full).split(path.sep).join("/")] : [];
  });
}
