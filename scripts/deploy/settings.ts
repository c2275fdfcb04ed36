import { AppError } from "@/lib/kernel/errors";
import { addressOfKey } from "@/lib/chain/gateway/signer";
import type { DeployRoles } from "@/lib/chain/model/deploy-plan";
import type { PublicNetwork } from "@/lib/fhe/gateway/public-networks";
import type { Env } from "@/lib/platform/env";

export type DeploySettings = {
  rpcUrl: string;
  relayerUrl: string;
  relayerApiKey: string | null;
  deployerKey: string;
  token: string;
  roles: DeployRoles;
  /** Gwei. */
  gasPriceMax: number;
};

/** Accounts of the phrase that every development node begins with ("test test … junk"), and the key 1: anybody can sign for them. */
const knownToAll = new Set(["0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266", "0x70997970c51812dc3a010c7d01b50e0d17dc79c8", "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc", "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf"]);

function readRoles(settings: Env, faults: string[]): DeployRoles {
  const fromKey = (name: "CURATOR_KEY" | "TICKET_SIGNER_KEY" | "QUOTE_SIGNER_KEY", purpose: string): string => {
    const key = settings[name];
    if (key === undefined) faults.push(`${name} (${purpose})`);
    return key === undefined ? "" : addressOfKey(key);
  };
  const given = (name: "SELLER_ADDRESS" | "REFUNDER_ADDRESS", purpose: string): string => {
    const address = settings[name];
    if (address === undefined) faults.push(`${name} (${purpose})`);
    return address ?? "";
  };
  return {
    curator: fromKey("CURATOR_KEY", "creates regions and lists them"),
    ticketSigner: fromKey("TICKET_SIGNER_KEY", "gives tickets"),
    quoteSigner: fromKey("QUOTE_SIGNER_KEY", "signs quotes"),
    seller: given("SELLER_ADDRESS", "fulfils card orders"),
    refunder: given("REFUNDER_ADDRESS", "pays refunds"),
  };
}

function findSharedKeys(settings: Env): string[] {
  const seen = new Map<string, string>();
  const faults: string[] = [];
  for (const name of ["DEPLOYER_KEY", "CURATOR_KEY", "TICKET_SIGNER_KEY", "QUOTE_SIGNER_KEY", "UPLOADER_KEY"] as const) {
    const key = settings[name];
    if (key === undefined) continue;
    const address = addressOfKey(key);
    const other = seen.get(address);
    if (other !== undefined) faults.push(`${name} another key than ${other}: one that is stolen must not open the other's doors`);
    if (knownToAll.has(address.toLowerCase())) faults.push(`${name} a key that nobody else knows: this one is printed by every development node`);
    seen.set(address, name);
  }
  return faults;
}

/** Stand-ins that exist on the local network alone. */
function findStandIns(settings: Env): string[] {
  const faults: string[] = [];
  if (settings.FHE_ENGINE !== "tfhe") faults.push("FHE_ENGINE not set: the clear engine encrypts nothing and exists on chain 31337 only");
  return faults;
}

/**
 * What a deployment needs, read from the environment. Throws one `config.invalid` that names everything that is missing,
 * shared between roles, known to everybody, or a stand-in of the local network.
 */
export function readDeploySettings(settings: Env, network: PublicNetwork): DeploySettings {
  const faults: string[] = [];
  const { RPC_URL: rpcUrl, DEPLOYER_KEY: deployerKey, TOKEN_ADDRESS: token, GAS_PRICE_MAX_GWEI: gasPriceMax, RELAYER_API_KEY: apiKey } = settings;
  if (rpcUrl === undefined) faults.push("RPC_URL (the chain's JSON-RPC service)");
  if (deployerKey === undefined) faults.push("DEPLOYER_KEY (pays, and administers the contracts)");
  if (token === undefined) faults.push("TOKEN_ADDRESS (an ERC-20 with permit that buyers pay in)");
  if (gasPriceMax === undefined) faults.push("GAS_PRICE_MAX_GWEI (what a unit of gas may cost)");
  if (network.needsApiKey && apiKey === undefined) faults.push(`RELAYER_API_KEY (Zama's relayer asks for it on ${network.name})`);
  const roles = readRoles(settings, faults);
  faults.push(...findSharedKeys(settings), ...findStandIns(settings));
  if (faults.length > 0 || rpcUrl === undefined || deployerKey === undefined || token === undefined || gasPriceMax === undefined) {
    throw new AppError("config.invalid", `Deploying to ${network.name} needs:\n  ${faults.join("\n  ")}\nSee docs/networks.md. Nothing was sent.`);
  }
  return { rpcUrl, relayerUrl: settings.RELAYER_URL ?? network.relayerUrl, relayerApiKey: apiKey ?? null, deployerKey, token, roles, gasPriceMax };
}
