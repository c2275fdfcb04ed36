/**
 * A program of its own, run by Node as it stands: `node chain-dump.ts URL FILE` dumps the anvil at URL to FILE.
 * A dump is a JSON text of tens of megabytes; taken apart here, it neither keeps the devnet from answering nor leaves
 * anything behind in its memory (a thread would).
 */
import { open } from "node:fs/promises";
import { gunzipSync } from "node:zlib";

/** Blocks without transactions that stay: more than the 256 whose hashes a contract can ask for. */
const emptyBlocksKept = 300;
const timeoutMs = 120_000;

type Json = Record<string, unknown>;

function asObject(value: unknown): Json {
  if (typeof value === "object" && value !== null) return { ...value };
  throw new TypeError("anvil's answer is not a dump of a chain");
}

function asList(value: unknown): Json[] {
  if (Array.isArray(value)) return value.map(asObject);
  throw new TypeError("anvil's answer is not a dump of a chain");
}

/**
 * What `anvil_dumpState` answers (hexadecimal of a compressed JSON text) as the text that anvil loads, without what only
 * fills memory and disk for ever: a block every two seconds in which nothing happened, and the traces of calls.
 * The newest 300 blocks, block 0, and every block with a transaction stay, with their logs and receipts.
 */
export function compactDump(answer: string): string {
  const text = gunzipSync(Buffer.from(answer.slice(2), "hex")).toString("utf8");
  const dump = asObject(JSON.parse(text));
  const oldest = Number(dump["best_block_number"]) - emptyBlocksKept;
  const isKept = (block: Json): boolean => {
    const number = Number(asObject(block["header"])["number"]);
    return number === 0 || number > oldest || asList(block["transactions"]).length > 0;
  };
  const transactions = asList(dump["transactions"]).map((one) => ({ ...one, info: { ...asObject(one["info"]), traces: [] } }));
  return JSON.stringify({ ...dump, blocks: asList(dump["blocks"]).filter(isKept), transactions });
}

async function fetchDump(url: string): Promise<string> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "anvil_dumpState", params: [] });
  const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body, signal: AbortSignal.timeout(timeoutMs) });
  const { result } = asObject(await response.json());
  if (typeof result !== "string") throw new TypeError("anvil's answer is not a dump of a chain");
  return result;
}

async function writeDump(url = "", file = ""): Promise<void> {
  const dump = compactDump(await fetchDump(url));
  const handle = await open(file, "w", 0o600);
  try {
    await handle.writeFile(dump);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

if (import.meta.main) await writeDump(...process.argv.slice(2));
