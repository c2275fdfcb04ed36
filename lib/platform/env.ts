import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";

const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/, "must be a 20-byte address (0x and 40 hexadecimal digits)");
const privateKey = z.string().regex(/^0x[0-9a-fA-F]{64}$/, "must be a 32-byte private key (0x and 64 hexadecimal digits)");
const count = z.coerce.number().int().min(1).max(1_000_000_000);
const port = z.coerce.number().int().min(1).max(65_535);

/** Every environment variable that the product reads; `.env.example` documents each. */
export const envSchema = z.object({
  NETWORK: z.enum(["local", "sepolia", "mainnet"]).default("local"),
  LOCAL_DIR: z.string().min(1).default(".local"),
  CACHE_DIR: z.string().min(1).optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  PORT: port.default(3000),
  HOST: z.string().min(1).default("127.0.0.1"),
  POSTGRES_PORT: port.default(55_433),
  DEVNET_PORT: port.default(8900),
  ANVIL_PORT: port.default(8901),
  FHE_ENGINE: z.enum(["tfhe", "clear"]).default("tfhe"),
  FHE_ENGINE_BINARY: z.string().min(1).optional(),
  DEMO_CITY: z.enum(["on", "off"]).default("on"),
  RPC_URL: z.url({ protocol: /^https?$/ }).optional(),
  RELAYER_URL: z.url({ protocol: /^https?$/ }).optional(),
  RELAYER_API_KEY: z.string().min(1).optional(),
  HISTOGRAM_ADDRESS: address.optional(),
  MARKETPLACE_ADDRESS: address.optional(),
  TOKEN_ADDRESS: address.optional(),
  DEPLOY_BLOCK: z.coerce.number().int().min(0).optional(),
  QUOTE_SIGNER_KEY: privateKey.optional(),
  UPLOADER_KEY: privateKey.optional(),
  BUYER_KEY: privateKey.optional(),
  CURATOR_KEY: privateKey.optional(),
  DEPLOYER_KEY: privateKey.optional(),
  SELLER_ADDRESS: address.optional(),
  REFUNDER_ADDRESS: address.optional(),
  TICKET_URL: z.url({ protocol: /^https?$/ }).optional(),
  SITE_URL: z.url({ protocol: /^https?$/ }).optional(),
  TICKET_SIGNER_KEY: privateKey.optional(),
  CORS_ORIGINS: z.string().regex(/^(\*|https?:\/\/[^\s,/]+(\s*,\s*https?:\/\/[^\s,/]+)*)$/, 'must be "*" or origins such as https://example.org, separated by commas').optional(),
  TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(0),
  METRICS_TOKEN: z.string().min(16, "must have at least 16 characters").optional(),
  REQUESTS_PER_MINUTE: count.default(1_200),
  CONTRIBUTIONS_PER_MINUTE: count.default(1_200),
  DEVICES_PER_DAY: count.default(20),
  TICKETS_PER_DAY: count.default(2_000),
  WORKER_KEY: privateKey.optional(),
  BATCH_ITEMS_MIN: z.coerce.number().int().min(1).max(128).default(8),
  BATCH_AGE_SECONDS: z.coerce.number().int().min(1).max(86_400).default(30),
  GAS_PRICE_MAX_GWEI: z.coerce.number().positive().max(100_000).optional(),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
});

export type Env = z.infer<typeof envSchema>;

/**
 * Parses a set of environment variables; an empty value counts as not set.
 * Throws `config.invalid` that names every bad variable and what it must be.
 */
export function parseEnv(source: Readonly<Record<string, string | undefined>>): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ""));
  const parsed = envSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new AppError("config.invalid", `Bad configuration. ${faults.join("; ")}. See .env.example.`, {
    details: { variables: parsed.error.issues.map((issue) => issue.path.join(".")).join(", ") },
  });
}

let cached: Env | undefined;

/** The process's environment, parsed once. */
export function env(): Env {
  cached ??= parseEnv(process.env);
  return cached;
}
