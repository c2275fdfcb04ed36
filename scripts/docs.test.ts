import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "..");

function listPages(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) return listPages(full);
    return entry.name.endsWith(".md") ? [full] : [];
  });
}

const pages = [path.join(root, "README.md"), ...listPages(path.join(root, "docs"))];

/** Targets of a page's links and pictures that are files of this project. */
function linksOf(page: string): string[] {
  const targets = [...readFileSync(page, "utf8").matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, target]) => target ?? "");
  return targets.filter((target) => !/^[a-z]+:/.test(target));
}

test.each(pages.map((page) => path.relative(root, page)))("every link of %s leads to a file", (page) => {
  const full = path.join(root, page);
  expect(linksOf(full).filter((target) => !existsSync(path.resolve(path.dirname(full), target)))).toEqual([]);
});
