import { existsSync } from "node:fs";
import { AppError } from "@/lib/kernel/errors";
import { runCommand } from "@/local/build/command";

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];

function find(): string | undefined {
  const named = process.env["CHROMIUM_PATH"];
  return [named, ...places].find((place) => place !== undefined && existsSync(place));
}

/** Path of a Chromium; installs Debian's where this may be done. Throws `config.invalid` that says what to install. */
export async function ensureChromium(): Promise<string> {
  const found = find();
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    console.log("  installing Chromium from Debian's packages");
    await runCommand("apt-get", ["update", "-qq"], { timeoutMs: 300_000 });
    await runCommand("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], { timeoutMs: 900_000, env: { DEBIAN_FRONTEND: "noninteractive" } });
  }
  const installed = find();
  if (installed === undefined) throw new AppError("config.invalid", "The browser tests need Chromium: install it (apt-get install chromium) or set CHROMIUM_PATH.");
  return installed;
}
