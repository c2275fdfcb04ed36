import { createFheClient } from "@/lib/fhe/gateway/client";
import { createApiClient } from "@/lib/ingest/gateway/api-client";
import { ApiDevice } from "@/lib/ingest/gateway/api-device";
import type { RunJournal } from "@/lib/ingest/gateway/run-journal";
import type { PlannedContribution } from "@/lib/ingest/model/planned-contribution";
import { prepareItem } from "@/lib/ingest/mutations/prepare-item";
import type { PreparedItem } from "@/lib/ingest/schema";
import { isAppError } from "@/lib/kernel/errors";
import { systemRandom } from "@/lib/kernel/random";
import type { Deployment } from "@/lib/platform/deployment";
import type { Deliver } from "@/local/city/live/pilot-fleets";

export type ApiOptions = {
  readonly site: string;
  readonly deployment: Deployment;
  /** The engine's program, which proves in seconds. */
  readonly proverBinary: string;
  /** Where the device's token is kept. */
  readonly folder: string;
};

/** An item that was prepared by an earlier attempt is posted as it is: its one-time address counts once. */
async function makeReady(planned: PlannedContribution, journal: RunJournal, { deployment, proverBinary }: ApiOptions): Promise<PreparedItem | undefined> {
  const record = journal.find(planned.id);
  if (record?.state === "accepted") return undefined;
  if (record?.state === "prepared") return record.item;
  const fhe = await createFheClient(deployment, { proverBinary });
  try {
    const histogram = { chainId: deployment.chainId, verifyingContract: deployment.addresses.histogram };
    const item = await prepareItem(planned, { fhe, histogram, random: systemRandom });
    await journal.append({ type: "prepared", id: planned.id, item });
    return item;
  } finally {
    fhe.close();
  }
}

/** Posts an item. One that the site has already, with another ticket, is as good as posted. */
async function post(device: ApiDevice, item: PreparedItem): Promise<void> {
  try {
    await device.post(item);
  } catch (error) {
    if (!isAppError(error, "contribution.conflict")) throw error;
  }
}

/**
 * Encrypts contributions and posts them to the site, like every device; its worker sends them to the chain.
 * Throws `site.unreachable` when it does not answer, and the site's refusals.
 */
export function deliverByApi(options: ApiOptions): Deliver {
  const device = new ApiDevice(createApiClient(options.site, { attempts: 3 }), options.folder);
  return async (items, journal) => {
    for (const planned of items) {
      const item = await makeReady(planned, journal, options);
      if (item === undefined) continue;
      await post(device, item);
      await journal.append({ type: "accepted", id: planned.id, transaction: null });
    }
  };
}

/** Sends by the first way, or, when the site does not answer, by the second: a contribution counts once whichever it takes. */
export function deliverEither(first: Deliver, second: Deliver): Deliver {
  return async (items, journal) => {
    try {
      await first(items, journal);
    } catch (error) {
      if (!isAppError(error, "site.unreachable")) throw error;
      await second(items, journal);
    }
  };
}
