import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compileProgram } from "@/local/build/engine";

const run = promisify(execFile);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "checkouts-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A checkout of a program that tells its version, with files as old as a version control system may leave them. */
async function checkOut(name: string, version: number): Promise<string> {
  const checkout = path.join(folder, name);
  const library = `pub const SOURCE: &str = match option_env!("FHE_ENGINE_SOURCE") { Some(source) => source, None => "unknown" }; pub fn version() -> u32 { ${version} }`;
  const files = {
    "Cargo.toml": '[package]\nname = "teller"\nversion = "0.1.0"\nedition = "2021"\n',
    "Cargo.lock": 'version = 4\n\n[[package]]\nname = "teller"\nversion = "0.1.0"\n',
    "src/lib.rs": library,
    "src/main.rs": 'fn main() { if std::env::args().any(|a| a == "source") { println!("{}", teller::SOURCE) } else { println!("{}", teller::version()) } }',
  };
  await mkdir(path.join(checkout, "src"), { recursive: true });
  for (const [file, text] of Object.entries(files)) {
    await writeFile(path.join(checkout, file), text);
    await utimes(path.join(checkout, file), 1_600_000_000, 1_600_000_000);
  }
  return checkout;
}

test("a checkout gets a program of its own sources, whatever another has compiled in the same folder", async () => {
  const target = path.join(folder, "target");
  const versions: string[] = [];
  for (const [name, version] of [["one", 1], ["two", 2], ["three", 1]] as const) {
    const destination = path.join(folder, `teller-${name}`);
    await compileProgram({ folder: await checkOut(name, version), target, program: "teller", destination });
    versions.push((await run(destination, [])).stdout.trim());
  }
  expect(versions).toEqual(["1", "2", "1"]);
}, 120_000);
