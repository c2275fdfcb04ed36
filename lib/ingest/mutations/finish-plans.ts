import "server-only";
import type { Refusal } from "@/lib/chain/model/refusal";
import type { DeviceStore } from "@/lib/ingest/gateway/device-store";
import type { ItemRecord, RunJournal } from "@/lib/ingest/gateway/run-journal";

/** Refusals that another attempt, with a new address, proof and ticket, may overcome. */
const passing = new Set<Refusal | "unknown">(["bad-ticket", "ticket-expired", "invalid-proof", "bad-signature", "input-spent", "address-spent", "unknown"]);

/** Whether nothing more is to be done about an item. */
function isFinal(record: ItemRecord | undefined): boolean {
  if (record === undefined) return false;
  return record.state === "accepted" || (record.state === "refused" && !passing.has(record.reason));
}

/** Forgets the plans all of whose items are counted or refused for good: with them goes the last cleartext of what was contributed. */
export async function finishPlans(store: DeviceStore, journal: RunJournal): Promise<void> {
  const plans = store.state.plans.filter(({ items }) => !items.every(({ id }) => isFinal(journal.find(id))));
  if (plans.length !== store.state.plans.length) await store.commit({ ...store.state, plans });
}
