import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { createFheClient } from "@/lib/fhe/gateway/client";
import { type ApiClient, createApiClient, readAnswer } from "@/lib/ingest/gateway/api-client";
import type { RunJournal } from "@/lib/ingest/gateway/run-journal";
import type { PlannedContribution } from "@/lib/ingest/model/planned-contribution";
import { prepareItem } from "@/lib/ingest/mutations/prepare-item";
import { contributionAnswerSchema, deviceAnswerSchema, type PreparedItem, ticketWireSchema } from "@/lib/ingest/schema";
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

/** A device of the site, registered when it is first needed. */
class Device {
  constructor(private readonly api: ApiClient, private readonly file: string) {}

  /** A ticket for an item; a device that the site does not know any more (its database is new) is registered again. */
  async ticketFor(item: PreparedItem): Promise<{ expiry: number; signature: string }> {
    try {
      return await this.ask(item, await this.token());
    } catch (error) {
      if (!isAppError(error, "device.unknown")) throw error;
      await rm(this.file, { force: true });
      return this.ask(item, await this.token());
    }
  }

  private async ask({ oneTimeAddress, regionId, epoch, maxLevel, vehicles }: PreparedItem, token: string): Promise<{ expiry: number; signature: string }> {
    const body = { oneTimeAddress, regionId, epoch, maxLevel, vehicles };
    return readAnswer(ticketWireSchema, await this.api.POST("/tickets", { body, params: {}, headers: { authorization: `Bearer ${token}` } }));
  }

  private async token(): Promise<string> {
    const known = await readFile(this.file, "utf8").catch(() => ""); // not registered yet
    if (known !== "") return known;
    const { token } = readAnswer(deviceAnswerSchema, await this.api.POST("/devices", { body: {}, params: {} }));
    await mkdir(path.dirname(this.file), { recursive: true, mode: 0o700 });
    await writeFile(this.file, token, { mode: 0o600 });
    return token;
  }
}

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
async function post(api: ApiClient, device: Device, item: PreparedItem): Promise<void> {
  const { expiry, signature } = await device.ticketFor(item);
  const body = { ...item, ticketExpiry: expiry, ticketSignature: signature };
  try {
    readAnswer(contributionAnswerSchema, await api.POST("/contributions", { body, params: {} }));
  } catch (error) {
    if (!isAppError(error, "contribution.conflict")) throw error;
  }
}

/**
 * Encrypts contributions and posts them to the site, as any device does; its worker sends them to the chain.
 * Throws `site.unreachable` when it does not answer, and the site's refusals.
 */
export function deliverByApi(options: ApiOptions): Deliver {
  const api = createApiClient(options.site, { attempts: 3 });
  const device = new Device(api, path.join(options.folder, "device.token"));
  return async (items, journal) => {
    for (const planned of items) {
      const item = await makeReady(planned, journal, options);
      if (item === undefined) continue;
      await post(api, device, item);
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
