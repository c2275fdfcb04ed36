import path from "node:path";
import { AppError } from "@/lib/kernel/errors";
import type { Env } from "@/lib/platform/env";
import { cacheFolder, engineBinary } from "@/local/build/engine";
import type { Service } from "@/local/processes";

/** How the parts of the product are started. Each is a Node process with settings from the environment. */
export type ServiceName = "devnet" | "site" | "worker" | "city";

const typescript = ["--conditions=react-server", "--import", "tsx"];

function argumentsOf(name: ServiceName, settings: Env, isDevelopment: boolean): readonly string[] {
  switch (name) {
    case "devnet":
      return [...typescript, "local/devnet/main.ts"];
    case "worker":
      return [...typescript, "scripts/worker.ts"];
    case "city":
      return [...typescript, "local/city/main.ts"];
    case "site":
      return ["node_modules/next/dist/bin/next", isDevelopment ? "dev" : "start", "--hostname", settings.HOST, "--port", String(settings.PORT)];
  }
}

const stopMs: Readonly<Record<ServiceName, number>> = { devnet: 30_000, worker: 20_000, city: 10_000, site: 10_000 };

export type ServiceOptions = {
  settings: Env;
  isDevelopment: boolean;
  /** What only the start knows: database, keys. */
  env: Readonly<Record<string, string>>;
};

/** One part of the product, as a service of this checkout. */
export function describeService(name: ServiceName, { settings, isDevelopment, env }: ServiceOptions): Service {
  const engine = { FHE_ENGINE_BINARY: settings.FHE_ENGINE_BINARY ?? engineBinary, CACHE_DIR: cacheFolder() };
  return {
    name,
    args: argumentsOf(name, settings, isDevelopment),
    env: { LOCAL_DIR: settings.LOCAL_DIR, NEXT_TELEMETRY_DISABLED: "1", ...(settings.NETWORK === "local" ? engine : {}), ...env },
    logFolder: path.resolve(settings.LOCAL_DIR, "logs"),
    stopMs: stopMs[name],
  };
}

/** Keys that a public network cannot do without, and what each is for. */
const requiredKeys = {
  TICKET_SIGNER_KEY: "gives tickets",
  QUOTE_SIGNER_KEY: "signs quotes",
  UPLOADER_KEY: "pays for batches, seals and releases",
} as const satisfies Partial<Record<keyof Env, string>>;

/** Throws `config.invalid` naming every setting that a public network needs and does not have. */
export function assertPublicSettings(settings: Env): void {
  const faults: string[] = [];
  if (settings.DATABASE_URL === undefined) faults.push("DATABASE_URL (the embedded database is for one machine)");
  if (settings.RPC_URL === undefined) faults.push("RPC_URL (the chain)");
  for (const [name, purpose] of Object.entries(requiredKeys)) {
    if (!(name in settings)) faults.push(`${name} (${purpose})`);
  }
  if (settings.NETWORK === "mainnet" && settings.RELAYER_API_KEY === undefined) faults.push("RELAYER_API_KEY (Zama's relayer asks for it on mainnet)");
  if (settings.FHE_ENGINE !== "tfhe") faults.push("FHE_ENGINE=tfhe or not at all (the clear engine exists on chain 31337 only)");
  if (faults.length > 0) throw new AppError("config.invalid", `NETWORK=${settings.NETWORK} needs: ${faults.join("; ")}. See docs/networks.md.`);
}
