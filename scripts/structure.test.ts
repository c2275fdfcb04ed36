import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { listSources, misnamed, misplaced } from "@/scripts/structure";

const root = path.resolve(import.meta.dirname, "..");
const sources = listSources(root);

test("every file of a domain has one of the agreed names", () => {
  expect(sources.flatMap((file) => (misplaced(file) === undefined ? [] : [`${file} ${misplaced(file)}`]))).toEqual([]);
});

test("every file is named in kebab-case", () => {
  expect(sources.flatMap((file) => (misnamed(file) === undefined ? [] : [`${file} ${misnamed(file)}`]))).toEqual([]);
});

test("no hand-written source file is longer than 400 lines", () => {
  const long = sources.filter((file) => readFileSync(path.join(root, file), "utf8").split("\n").length > 400);
  expect(long).toEqual([]);
});

/** Imports of our own modules, as paths from the root without extension. */
function importsOf(file: string): string[] {
  const text = readFileSync(path.join(root, file), "utf8");
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*"(@\/|\.\/)([^"]+)"/g)];
  return found.map(([, base, target]) => (base === "@/" ? (target ?? "") : path.posix.join(path.posix.dirname(file), target ?? "")));
}

test("no two modules import each other in a circle", () => {
  const graph = new Map(sources.map((file) => [file.replace(/\.(tsx?|mjs)$/, ""), importsOf(file)]));
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (module: string, trail: readonly string[]): void => {
    if (trail.includes(module)) circles.push([...trail.slice(trail.indexOf(module)), module].join(" -> "));
    if (done.has(module) || trail.includes(module)) return;
    for (const next of graph.get(module) ?? []) visit(next, [...trail, module]);
    done.add(module);
  };
  for (const module of graph.keys()) visit(module, []);
  expect(circles).toEqual([]);
});

test("no module only passes on what others export", () => {
  const barrels = sources.filter((file) => {
    const lines = readFileSync(path.join(root, file), "utf8").split("\n").filter((line) => line.trim() !== "");
    return lines.length > 0 && lines.every((line) => /^export .* from /.test(line));
  });
  expect(barrels).toEqual([]);
});

test("a stray file name, folder and case are noticed", () => {
  expect(misplaced("lib/geo/helpers.ts")).toMatch(/not one of a domain's files/);
  expect(misplaced("lib/geo/utils/cells.ts")).toMatch(/no domain has/);
  expect(misplaced("lib/geo/model/tile.ts")).toBeUndefined();
  expect(misplaced("lib/geo/errors.ts")).toBeUndefined();
  expect(misplaced("lib/fhe/fhe.worker.ts")).toBeUndefined();
  expect(misnamed("lib/geo/model/hexGrid.ts")).toMatch(/kebab/);
});
