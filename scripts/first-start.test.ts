import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "..");
/** Folders that a fresh clone does not have: the build makes them. */
const built = ["lib/platform/generated/", "lib/chain/abi/"];
const manifest: unknown = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));

/** Our own modules that are loaded with the text: type-only imports are erased, `import()` comes later. */
function loadedBy(text: string): string[] {
  const statements = text.matchAll(/^(?:import|export)\s(?!type\s)(?:[^;"]*?\sfrom\s)?"(@\/|\.\.?\/)([^"]+)"/gm);
  return [...statements].map(([, base, target]) => `${base}${target}`);
}

function resolve(from: string, target: string): string {
  const file = target.startsWith("@/") ? target.slice(2) : path.posix.join(path.posix.dirname(from), target);
  return [file, `${file}.ts`, `${file}.tsx`].find((name) => /\.[a-z]+$/.test(name) && existsSync(path.join(root, name))) ?? file;
}

/** What an entry needs of the built folders, as "module imports module". */
function findBuilt(entry: string): string[] {
  const seen = new Set<string>();
  const faults: string[] = [];
  const visit = (file: string): void => {
    if (seen.has(file) || !existsSync(path.join(root, file))) return;
    seen.add(file);
    for (const target of loadedBy(readFileSync(path.join(root, file), "utf8"))) {
      const next = resolve(file, target);
      if (built.some((folder) => next.startsWith(folder))) faults.push(`${file} imports ${next}`);
      else visit(next);
    }
  };
  visit(entry);
  return faults;
}

function scriptsOf(value: unknown): [string, string][] {
  if (typeof value !== "object" || value === null || !("scripts" in value)) return [];
  const { scripts } = value;
  return typeof scripts === "object" && scripts !== null ? Object.entries(scripts).map(([name, text]) => [name, String(text)]) : [];
}

test.each(["local/run.ts", "scripts/test/run.ts", "local/built-command.ts", "local/reset.ts"])("in a fresh clone %s starts with nothing built", (entry) => {
  expect(existsSync(path.join(root, entry))).toBe(true);
  expect(findBuilt(entry)).toEqual([]);
});

test("every command either needs nothing built or builds it first", () => {
  const commands = scriptsOf(manifest).flatMap(([, text]) => /^node local\/command\.mjs (\S+)/.exec(text)?.[1] ?? []);
  expect(commands.length).toBeGreaterThan(3);
  expect(commands.flatMap((entry) => findBuilt(entry))).toEqual([]);
});

test("a module that needs something built is noticed", () => {
  expect(findBuilt("lib/platform/database.ts")).toEqual([expect.stringMatching(/^lib\/platform\/database\.ts imports lib\/platform\/generated/)]);
  expect(findBuilt("scripts/upload-data.ts")).not.toEqual([]);
});
