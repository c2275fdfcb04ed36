import { cellToBoundary } from "h3-js";
import { expect, test } from "vitest";
import { connectChain } from "@/lib/chain/gateway/provider";
import { connectSigner, createPrivateKey } from "@/lib/chain/gateway/signer";
import { assertRegion } from "@/lib/geo/model/assert-region";
import { epochAt, openEpochs } from "@/lib/geo/model/region";
import { isAppError } from "@/lib/kernel/errors";
import { systemRandom } from "@/lib/kernel/random";
import { ensureLoopPilot, loopPilot } from "@/local/city/loop-pilot";

const halfPastTwo = 1_767_623_400;

test("the pilot's first epoch is the half hour in which it is made", () => {
  for (const now of [halfPastTwo, halfPastTwo + 1, halfPastTwo + 1799]) {
    const region = { ...loopPilot(now), id: 1 };
    assertRegion(region);
    expect(region.start).toBe(halfPastTwo);
    expect(epochAt(region, now)).toBe(0);
    expect(openEpochs(region, now)).toEqual({ first: 0, last: 0 });
  }
});

test("an epoch takes contributions for ten minutes after its end", () => {
  const region = { ...loopPilot(halfPastTwo), id: 1 };
  expect(openEpochs(region, halfPastTwo + 2399)).toEqual({ first: 0, last: 1 });
  expect(openEpochs(region, halfPastTwo + 2400)).toEqual({ first: 1, last: 1 });
});

test("the pilot's one tile is on the Near West Side", () => {
  const [tile] = loopPilot(halfPastTwo).covers.flat();
  const corners = cellToBoundary(tile ?? "");
  expect(Math.max(...corners.map(([latitude]) => latitude))).toBeLessThan(41.89);
  expect(Math.min(...corners.map(([, longitude]) => longitude))).toBeGreaterThan(-87.69);
});

test("no other chain gets the pilot: nothing is sent there", async () => {
  const address = `0x${"11".repeat(20)}`;
  const addresses = { acl: address, histogram: address, marketplace: address, token: address };
  const chain = connectChain({ chainId: 11_155_111, rpcUrl: "http://127.0.0.1:9", deployBlock: 0, addresses });
  const making = ensureLoopPilot({ chain, curator: connectSigner(chain, createPrivateKey(systemRandom)) });
  await expect(making).rejects.toSatisfy((error) => isAppError(error, "chain.wrong-network"));
});
