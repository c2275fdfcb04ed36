// Runs on the machine's own Node (20.19 or newer): installs what is missing, then goes on under the Node that npm brought.
import { createHash } from "node:crypto";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), "..");
const stamp = path.join(root, "node_modules", ".installed-lock");
const oldest = [20, 19];

function fail(message) {
  console.error(`\n${message}\n`);
  process.exit(1);
}

function assertNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
    fail(`Node ${oldest.join(".")} or newer is needed, this is ${process.versions.node}. Install Node 24 from https://nodejs.org.`);
  }
}

function installDependencies() {
  const hash = createHash("sha256").update(readFileSync(path.join(root, "package-lock.json"))).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return;
  console.log("  installing dependencies (npm ci), a minute or two");
  const result = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: root, stdio: "inherit", shell: process.platform === "win32" });
  if (result.error) fail("npm was not found. Install Node 24 with npm from https://nodejs.org.");
  if (result.status !== 0) fail("npm ci failed, see above. Nothing else was started; run the command again when it is mended.");
  writeFileSync(stamp, hash);
}

/** The Node 24 that npm installed, or this one where npm has none for the platform. */
function findNode() {
  const bundled = path.join(root, "node_modules", ".bin", process.platform === "win32" ? "node.cmd" : "node");
  if (existsSync(bundled)) return bundled;
  if (Number(process.versions.node.split(".")[0]) >= 24) return process.execPath;
  return fail(`This platform has no Node 24 on npm: install it from https://nodejs.org (this is ${process.versions.node}).`);
}

/** Runs a TypeScript entry with its arguments and ends with its exit code; signals are passed on. */
export function bootstrap(entry, args = process.argv.slice(2)) {
  assertNode();
  installDependencies();
  const settings = existsSync(path.join(root, ".env")) ? ["--env-file=.env"] : [];
  const child = spawn(findNode(), [...settings, "--conditions=react-server", "--import", "tsx", entry, ...args], {
    cwd: root,
    stdio: "inherit",
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(code ?? (signal === null ? 1 : 130)));
}
