import type { Metadata } from "next";
import { connection } from "next/server";
import { SiteFooter } from "@/app/site-footer";
import { within } from "@/app/within";
import { getIndexState } from "@/lib/chain/data/index-state";
import { localChainId } from "@/lib/chain/model/network";
import type { ServiceBeat } from "@/lib/delivery/model/service-beats";
import { StatusScreen } from "@/lib/delivery/ui/status-screen";
import { getQueueState } from "@/lib/ingest/data/queue-state";
import { database } from "@/lib/platform/database";
import { readHeartbeats } from "@/lib/platform/heartbeat";
import { connectDeployment } from "@/lib/releases/data/connect";
import { listRegionCards } from "@/lib/releases/data/list-region-cards";
import { findStalledWork } from "@/lib/releases/data/work-state";
import { RegionRows } from "@/lib/releases/ui/region-rows";

export const metadata: Metadata = { title: "Status" };

async function readIndex() {
  const { chain } = await connectDeployment();
  const { indexedBlock, headBlock } = await getIndexState(database(), chain);
  return { indexedBlock, headBlock, isLocal: chain.network.chainId === localChainId };
}

/** Signs of life with their age, which is what counts. */
async function readBeats(): Promise<ServiceBeat[]> {
  const now = Date.now();
  return (await readHeartbeats(database())).map(({ service, seenAt, details }) => ({ service, secondsAgo: (now - seenAt.getTime()) / 1000, details }));
}

export default async function Page() {
  await connection();
  const [queue, stalled, index, beats, cards] = await Promise.all([
    within(Promise.resolve().then(() => getQueueState(database()))),
    within(Promise.resolve().then(() => findStalledWork(database()))),
    within(readIndex()),
    within(readBeats()),
    within(listRegionCards()),
  ]);
  return (
    <>
      <main id="content" tabIndex={-1} className="mx-auto w-full max-w-6xl flex-1 px-5 py-8 lg:px-8 lg:py-10">
        <StatusScreen
          queue={queue}
          stalled={(stalled ?? []).map(({ kind, key, reason }) => ({ kind, key, reason }))}
          index={index}
          beats={beats ?? []}
          isLocal={index?.isLocal ?? false}
          regions={<RegionRows cards={cards} />}
        />
      </main>
      <SiteFooter />
    </>
  );
}
