import { getTileStatus } from "@/lib/chain/gateway/histogram";
import { releaseTile, sealTile } from "@/lib/chain/gateway/lifecycle";
import { readChainClock, type Chain } from "@/lib/chain/gateway/provider";
import { connectSigner, type Signer } from "@/lib/chain/gateway/signer";
import type { FheClient } from "@/lib/fhe/model/client";
import { epochClosesAt, regionTiles, type Region } from "@/lib/geo/model/region";
import type { RunJournal } from "@/lib/ingest/gateway/run-journal";
import { localTickets } from "@/lib/ingest/gateway/tickets";
import type { PlannedContribution } from "@/lib/ingest/model/planned-contribution";
import { contribute } from "@/lib/ingest/mutations/contribute";
import { prepareFleet } from "@/lib/privacy/model/prepare-fleet";
import { simulateEpoch } from "@/local/city/demo-fleet";
import { readStreets, type Streets } from "@/local/city/streets";
import { seededRandom } from "@/local/city/traffic/seeded-random";
import type { Devnet } from "@/local/devnet/devnet";
import { attest } from "@/local/devnet/testing/attested";

/** Fills epochs of a region with simulated vehicles on the clear engine, and moves the chain's time on. */
export type Feeder = {
  /** That many fleets of `vehicles` each contribute to the epoch. */
  feed(epoch: number, fleets: number): Promise<void>;
  /** Moves the chain's time to the moment at which the epoch closes. */
  close(epoch: number): Promise<void>;
  /** Seals and, unless void, noises and publishes every tile of the epoch. */
  publish(epoch: number): Promise<void>;
};

export type FeederOptions = { devnet: Devnet; chain: Chain; region: Region; journal: RunJournal; vehicles: number };

/** Encryption by the devnet's word for it: the clear engine attests without a proof. */
function attestingClient(devnet: Devnet): Pick<FheClient, "encryptWords"> {
  return { encryptWords: ({ words, contractAddress, userAddress }) => attest(devnet.url, { values: words, contractAddress, userAddress }) };
}

type Fleet = { streets: Streets; epoch: number; number: number };

function planFleet({ region, vehicles }: FeederOptions, { streets, epoch, number }: Fleet): PlannedContribution[] {
  const seed = 1_000 * epoch + number;
  const drives = simulateEpoch(region, { streets, epoch, vehicles, seed });
  const prepared = prepareFleet({
    region,
    vehicles: new Map(drives.map(({ vehicle, points }) => [vehicle, points])),
    trimEnds: false,
    random: seededRandom(String(seed)),
  });
  const own = prepared.epochs.find((candidate) => candidate.epoch === epoch)?.tiles ?? [];
  return own.map(({ tile, planes, vehicles: count }) => ({
    kind: "fleet", id: `fleet-${number}/${epoch}/${tile}`, regionId: region.id, epoch, tile, planes, vehicles: count,
  }));
}

async function callRpc(url: string, method: string, params: readonly unknown[]): Promise<void> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  await fetch(`${url}/rpc`, { method: "POST", headers: { "content-type": "application/json" }, body });
}

async function publishTile(chain: Chain, curator: Signer, key: { regionId: number; epoch: number; tile: string }): Promise<void> {
  await sealTile(chain, curator, key);
  const { state } = await getTileStatus(chain, key);
  if (state !== "void") await releaseTile(chain, curator, key);
}

/** A feeder whose vehicles are the same in every run. */
export async function createFeeder(options: FeederOptions): Promise<Feeder> {
  const { devnet, chain, region, journal } = options;
  const streets = await readStreets();
  const { accounts, deployment } = devnet;
  const histogram = { chainId: deployment.chainId, verifyingContract: deployment.addresses.histogram };
  const curator = connectSigner(chain, accounts.curator);
  const contributing = {
    chain,
    sender: connectSigner(chain, accounts.seller),
    tickets: localTickets(accounts.ticketSigner, histogram),
    fhe: attestingClient(devnet),
    journal,
    random: seededRandom("one-time keys"),
  };
  return {
    feed: async (epoch, fleets) => {
      const plans = Array.from({ length: fleets }, (_, number) => planFleet(options, { streets, epoch, number }));
      await contribute(plans.flat(), contributing);
    },
    close: async (epoch) => {
      const { time } = await readChainClock(chain);
      await callRpc(devnet.url, "evm_increaseTime", [Math.max(0, epochClosesAt(region, epoch) - time) + 5]);
      await callRpc(devnet.url, "evm_mine", []);
    },
    publish: async (epoch) => {
      for (const tile of regionTiles(region)) await publishTile(chain, curator, { regionId: region.id, epoch, tile });
    },
  };
}
