import type { Health, PartHealth } from "@/lib/delivery/schema";

export type PartName = keyof Health["checks"];
export type Light = PartHealth["status"];

export const partTitles: Record<PartName, string> = {
  database: "Database", chain: "Chain", relayer: "Relayer", engine: "Engine", worker: "Worker", indexer: "Index",
};

/** What each part is for, for those who don't know the word. */
export const partPurposes: Record<PartName, string> = {
  database: "keeps the queue and what has been read of the chain",
  chain: "holds the contracts, encrypted counters and releases",
  relayer: "checks encrypted inputs and re-encrypts results for buyers",
  engine: "computes on ciphertexts",
  worker: "batches contributions, closes epochs and publishes",
  indexer: "follows the chain's events",
};

/** What it means for everybody when the part does not work as it should. */
const consequences: Record<PartName, string> = {
  database: "Contributions are not taken and pages show what they had. Nothing that was accepted is lost.",
  chain: "Nothing is accepted, sealed or sold until it is back. What was accepted stays.",
  relayer: "Purchases can be paid but not read, and new contributions wait. Both go on by themselves.",
  engine: "Releases wait to be computed and contributions to be checked. Both go on by themselves.",
  worker: "Contributions stay in the queue and epochs stay open for sealing. Nothing is lost.",
  indexer: "Pages show the chain as it was a while ago. Contributions and purchases are not affected.",
};

export const lightWords: Record<Light, string> = { ok: "Works", degraded: "Waits", down: "Down" };

export const overallWords: Record<Light, { title: string; text: string }> = {
  ok: { title: "Everything works", text: "All parts answer." },
  degraded: { title: "Part of it waits", text: "The site works. What waits goes on by itself as soon as the part is back." },
  down: { title: "The site can't work at the moment", text: "The chain or the database does not answer. What was accepted is not lost." },
};

/** The sentence under a part that is not well; null for one that is. */
export function consequenceOf(part: PartName, { status }: Pick<PartHealth, "status">): string | null {
  return status === "ok" ? null : consequences[part];
}
