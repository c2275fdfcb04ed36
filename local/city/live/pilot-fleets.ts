import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { epochAt, epochEnd, type Region } from "@/lib/geo/model/region";
import { DeviceStore } from "@/lib/ingest/gateway/device-store";
import { RunJournal } from "@/lib/ingest/gateway/run-journal";
import type { PlannedContribution } from "@/lib/ingest/model/planned-contribution";
import { hashVehicle } from "@/lib/ingest/model/vehicle-hash";
import { finishPlans } from "@/lib/ingest/mutations/finish-plans";
import { planUpload } from "@/lib/ingest/mutations/plan-upload";
import { systemRandom } from "@/lib/kernel/random";
import { simulateEpoch } from "@/local/city/demo-fleet";
import { type EngineLoad, isBehind } from "@/local/city/live/engine-load";
import type { Streets } from "@/local/city/streets";

/** What the fleets do, for people to read. */
export type FleetStatus = {
  readonly epoch: number | null;
  /** Fleets whose contributions of this epoch are sent. */
  readonly sent: number;
  /** Why nothing is sent now; null when there is nothing to explain. */
  readonly reason: string | null;
};

/** Sends planned contributions and keeps in the journal what became of them; may be repeated with the same ones. */
export type Deliver = (items: readonly PlannedContribution[], journal: RunJournal) => Promise<void>;

export type FleetOptions = {
  readonly region: Region;
  readonly chain: { readonly chainId: number; readonly histogram: string };
  readonly streets: () => Promise<Streets>;
  readonly engineLoad: () => Promise<EngineLoad>;
  readonly deliver: Deliver;
  /** What was planned and sent is kept here, epoch by epoch. */
  readonly folder: string;
};

/** Vehicles of each fleet: together about as many as the pilot needs to show its main streets. */
const FLEETS = [73, 73, 74] as const;
/** Epochs of which the plans are kept: no older one takes contributions. */
const FOLDERS_KEPT = 3;
/** Before an epoch's end this must be left: encrypting three contributions takes about half a minute on a slow machine. */
const SECONDS_LEFT_MIN = 45;

/**
 * The live fleets of Loop Pilot: in every epoch all of them contribute, or none. Each epoch has a device folder of its
 * own with its plans and its journal, so that a fleet that was planned is sent once, whatever ends when.
 */
export class PilotFleets {
  #status: FleetStatus = { epoch: null, sent: 0, reason: null };

  constructor(private readonly options: FleetOptions) {}

  get status(): FleetStatus {
    return this.#status;
  }

  /** Does what is to be done at the chain's time (unix seconds). Throws what sending throws; to be called again. */
  async tick(nowSeconds: number): Promise<FleetStatus> {
    const epoch = epochAt(this.options.region, nowSeconds);
    if (epoch === null || (epoch === this.#status.epoch && this.#status.sent > 0)) return this.#status;
    if (epoch !== this.#status.epoch) this.#status = { epoch, sent: 0, reason: null };
    const isBegun = (await this.folders()).includes(this.nameOf(epoch));
    const reason = isBegun ? null : await this.whyNot(epoch, nowSeconds);
    if (reason === null) await this.send(epoch);
    this.#status = { epoch, sent: reason === null ? FLEETS.length : 0, reason };
    return this.#status;
  }

  private async whyNot(epoch: number, nowSeconds: number): Promise<string | null> {
    if (epochEnd(this.options.region, epoch) - nowSeconds < SECONDS_LEFT_MIN) return "the epoch is nearly over";
    return isBehind(await this.options.engineLoad()) ? "the engine is behind" : null;
  }

  private async send(epoch: number): Promise<void> {
    const folder = path.join(this.options.folder, this.nameOf(epoch));
    const store = await DeviceStore.open(folder);
    const journal = await RunJournal.open(folder);
    try {
      await this.options.deliver(await this.plan(epoch, store), journal);
      await finishPlans(store, journal);
    } finally {
      await journal.close();
    }
    for (const name of (await this.folders()).slice(0, -FOLDERS_KEPT)) await rm(path.join(this.options.folder, name), { recursive: true, force: true });
  }

  /** What of the three fleets is not sent. Nobody lives where simulated trips end, so that no ends are cut. */
  private async plan(epoch: number, store: DeviceStore): Promise<PlannedContribution[]> {
    const { region, chain } = this.options;
    const streets = await this.options.streets();
    const items = new Map<string, PlannedContribution>();
    for (const [index, vehicles] of FLEETS.entries()) {
      const fleet = simulateEpoch(region, { streets, epoch, vehicles, seed: index + 1 });
      const planned = await planUpload(
        store,
        {
          region,
          vehicles: fleet.map(({ vehicle, points }) => ({ id: vehicle, hash: hashVehicle(vehicle, points), points })),
          isFleet: true,
          marked: [],
          trimEnds: false,
          open: { first: epoch, last: epoch },
          random: systemRandom,
        },
        { ...chain, regionId: region.id },
      );
      for (const item of planned.items) items.set(item.id, item);
    }
    return [...items.values()];
  }

  /** Names of the epochs' folders, the oldest first. */
  private async folders(): Promise<string[]> {
    return (await readdir(this.options.folder).catch(() => [])).toSorted();
  }

  private nameOf(epoch: number): string {
    return `${this.options.region.start}-${String(epoch).padStart(8, "0")}`;
  }
}
