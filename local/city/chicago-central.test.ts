import { expect, test } from "vitest";
import { connectChain } from "@/lib/chain/gateway/provider";
import { connectSigner, createPrivateKey } from "@/lib/chain/gateway/signer";
import { assertRegion } from "@/lib/geo/model/assert-region";
import { epochAt } from "@/lib/geo/model/region";
import { isAppError } from "@/lib/kernel/errors";
import { systemRandom } from "@/lib/kernel/random";
import { chicagoCentral, ensureChicagoCentral, PAST_EPOCHS } from "@/local/city/chicago-central";
import { pastEpochs } from "@/local/city/past/past-epochs";

const noon = 1_795_780_800;

test("the region begins two days before it is made, on the full hour, with parameters that the contract takes", () => {
  for (const now of [noon, noon + 1, noon + 3599]) {
    const region = { ...chicagoCentral(now), id: 1 };
    assertRegion(region);
    expect(region.start).toBe(noon - PAST_EPOCHS * 3600);
    expect(epochAt(region, now)).toBe(PAST_EPOCHS);
    expect(region.covers.every((tiles) => tiles.length >= 4)).toBe(true);
  }
});

test("the past is the last 48 hours that are over, the newest first, and never the open one", () => {
  const region = { ...chicagoCentral(noon), id: 1 };
  expect(pastEpochs(region, noon + 10)).toEqual(Array.from({ length: 48 }, (_, age) => 47 - age));
  const later = pastEpochs(region, noon + 100 * 3600 + 10);
  expect([later[0], later.at(-1), later.length]).toEqual([147, 100, 48]);
});

test("no other chain gets the region: nothing is sent there", async () => {
  const address = `0x${"11".repeat(20)}`;
  const addresses = { acl: address, histogram: address, marketplace: address, token: address };
  const chain = connectChain({ chainId: 11_155_111, rpcUrl: "http://127.0.0.1:9", deployBlock: 0, addresses });
  const making = ensureChicagoCentral({ chain, curator: connectSigner(chain, createPrivateKey(systemRandom)) });
  await expect(making).rejects.toSatisfy((error) => isAppError(error, "chain.wrong-network"));
});
