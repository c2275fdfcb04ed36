import { readChainClock, connectChain, type Chain } from "@/lib/chain/gateway/provider";
import { createDigestSigner, type DigestSigner } from "@/lib/chain/gateway/digest-signer";
import { connectSigner } from "@/lib/chain/gateway/signer";
import { epochAt, type Region } from "@/lib/geo/model/region";
import { systemRandom } from "@/lib/kernel/random";
import type { ContributionRequest } from "@/lib/ingest/schema";
import { ensureLoopPilot } from "@/local/city/loop-pilot";
import { ensureRegion } from "@/local/city/ensure-region";
import { defaultCover } from "@/lib/geo/model/tile";
import { DevnetFixture } from "@/local/devnet/testing/devnet-fixture";
import { startIndexer } from "@/local/devnet/testing/indexer";
import { signContribution, type SignOptions } from "@/scripts/test/signed-contributions";
import { startTestSite, type TestSite } from "@/scripts/test/site";

export type ApiStage = {
  site: TestSite;
  chain: Chain;
  fixture: DevnetFixture;
  /** Loop Pilot, and a region whose covers have seven tiles and whose epoch 0 is open for a day. */
  regions: { pilot: Region; wide: Region };
  signer: DigestSigner;
  /** A contribution to the wide region that is good in everything that the API checks. */
  sign(changes?: Partial<SignOptions>): ContributionRequest;
  stop(): Promise<void>;
};

const tile = "872664ca9ffffff";
const daySeconds = 86_400;

/** A running site with its indexer over an empty database, and the clear local network with two regions. */
export async function openApiStage({ env = {}, durable = false }: { env?: Record<string, string>; durable?: boolean } = {}): Promise<ApiStage> {
  const fixture = await DevnetFixture.start("clear", { blockSeconds: 1 });
  const { deployment, accounts } = fixture.devnet;
  const chain = connectChain(deployment);
  const curator = connectSigner(chain, accounts.curator);
  const pilot = await ensureLoopPilot({ chain, curator });
  const wide = await ensureRegion({ chain, curator }, "wide", (now) => ({
    slug: "wide", start: now - 60, epochSeconds: 3_600, graceSeconds: 60, studyUntil: now + daySeconds, tileResolution: 7, samplingRate: 1, visitsMax: 8,
    ticketsMin: 1, profile: "demo", speedEdges: [10, 20, 30, 45], covers: [defaultCover(tile)],
  }));
  const site = await startTestSite({ localFolder: fixture.options.folder, durable, env: { QUOTE_SIGNER_KEY: accounts.quoteSigner, ...env } });
  const indexer = startIndexer(chain, site.databaseUrl);
  await indexer.untilRead();
  const signer = createDigestSigner(accounts.ticketSigner);
  const { time } = await readChainClock(chain);
  const defaults: SignOptions = {
    histogram: { chainId: deployment.chainId, verifyingContract: deployment.addresses.histogram }, signer, random: systemRandom,
    regionId: wide.id, epoch: epochAt(wide, time) ?? 0, cover: 0, words: 7, ticketExpiry: time + daySeconds,
  };
  return {
    site, chain, fixture, regions: { pilot, wide }, signer,
    sign: (changes = {}) => signContribution({ ...defaults, ...changes }),
    stop: async () => {
      await indexer.stop();
      await site.stop();
      await fixture.remove();
    },
  };
}
