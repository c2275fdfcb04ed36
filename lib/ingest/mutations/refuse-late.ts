import "server-only";
import type { KnownRegions } from "@/lib/chain/gateway/known-regions";
import type { Refusal } from "@/lib/chain/model/refusal";
import { epochClosesAt } from "@/lib/geo/model/region";
import type { Database } from "@/lib/platform/database";

/**
 * Refuses what waits and can't be counted any more, with the reason that the contract would give: the epoch has closed,
 * the ticket has run out, the region does not exist. `now` is the chain's time. Answers how many.
 */
export async function refuseLate(database: Database, { chainId, regions, now }: { chainId: number; regions: KnownRegions; now: number }): Promise<number> {
  const waiting = { chainId, state: { in: ["queued", "stalled"] as ("queued" | "stalled")[] } };
  const groups = await database.contribution.groupBy({ by: ["regionId", "epoch"], where: waiting });
  let refused = 0;
  const refuse = async (where: object, reason: Refusal): Promise<void> => {
    const { count } = await database.contribution.updateMany({ where: { ...waiting, ...where }, data: { state: "refused", reason, batchId: null } });
    refused += count;
  };
  for (const group of groups) {
    const region = await regions.find(group.regionId);
    if (region === null) await refuse(group, "unknown-region");
    else if (now >= epochClosesAt(region, group.epoch)) await refuse(group, "epoch-not-open");
  }
  if (groups.length > 0) await refuse({ ticketExpiry: { lt: BigInt(now) } }, "ticket-expired");
  return refused;
}
