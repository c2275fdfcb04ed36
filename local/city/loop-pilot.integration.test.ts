import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { countRegions } from "@/lib/chain/gateway/histogram";
import { getListing, setListing } from "@/lib/chain/gateway/marketplace";
import { type Chain, connectChain, readChainClock } from "@/lib/chain/gateway/provider";
import { connectSigner, type Signer } from "@/lib/chain/gateway/signer";
import { openEpochs } from "@/lib/geo/model/region";
import { ensureLoopPilot, loopPilot } from "@/local/city/loop-pilot";
import { deployContracts } from "@/local/devnet/deploy";
import { describeDeployment } from "@/local/devnet/deployment-file";
import { createHttpServer, listen } from "@/local/devnet/http-server";
import { type Network, openNetwork } from "@/local/devnet/network";
import { registerRpcProxy } from "@/local/devnet/rpc-proxy";
import { makeFolder, silentLog } from "@/local/devnet/testing/chain-fixture";
import { findFreePort } from "@/local/free-port";

let folder: Awaited<ReturnType<typeof makeFolder>>;
let network: Network;
let server: Awaited<ReturnType<typeof createHttpServer>>;
let chain: Chain;
let curator: Signer;

beforeAll(async () => {
  folder = await makeFolder();
  server = await createHttpServer();
  const anvilPort = await findFreePort();
  network = await openNetwork({ folder: folder.folder, anvilPort, instant: true, log: silentLog });
  const contracts = await deployContracts({ ...network, artifactsFolder: path.join("contracts", "artifacts"), folder: folder.folder, log: silentLog });
  const port = await findFreePort();
  registerRpcProxy(server, () => ({ chain: network.chain, testing: false }));
  await listen(server, port);
  chain = connectChain(describeDeployment({ url: `http://127.0.0.1:${port}`, engine: "clear", contracts }));
  curator = connectSigner(chain, network.accounts.curator);
});

afterAll(async () => {
  await server.close();
  await network.chain.stop();
  await folder.remove();
});

test("the pilot is made with exactly its parameters, an epoch is open at once, and it is for sale at 0.50", async () => {
  const region = await ensureLoopPilot({ chain, curator });
  const { time } = await readChainClock(chain);
  expect(region).toEqual({ ...loopPilot(region.start), id: 1, chainId: 31_337 });
  expect(region.start % 1800).toBe(0);
  expect(openEpochs(region, time)?.last).toBe(Math.floor((time - region.start) / 1800));
  expect(await getListing(chain, region.id)).toEqual({
    token: chain.network.addresses.token,
    pricePerRelease: 500_000n,
    priceFiatMinor: 50n,
    largestDiscountBps: 0,
    active: true,
  });
});

test("a second start changes nothing and sends nothing", async () => {
  const before = await readChainClock(chain);
  const region = await ensureLoopPilot({ chain, curator });
  expect(region.id).toBe(1);
  expect(await countRegions(chain)).toBe(1);
  expect((await readChainClock(chain)).block).toBe(before.block);
});

test("a start that was killed before the listing is finished by the next one", async () => {
  const listing = { ...(await getListing(chain, 1)), active: false };
  await setListing(chain, curator, { regionId: 1, listing });
  await ensureLoopPilot({ chain, curator });
  expect((await getListing(chain, 1)).active).toBe(true);
});
