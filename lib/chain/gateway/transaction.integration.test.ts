import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { assertChain, connectChain, readChainClock, type Chain } from "@/lib/chain/gateway/provider";
import { connectSigner, type Signer } from "@/lib/chain/gateway/signer";
import { approveToken, getTokenBalance, getTokenFacts, signPermit } from "@/lib/chain/gateway/token";
import { sendTransaction } from "@/lib/chain/gateway/transaction";
import { DevnetFixture } from "@/local/devnet/testing/devnet-fixture";

let fixture: DevnetFixture;
const servers: Server[] = [];

beforeAll(async () => {
  fixture = await DevnetFixture.start("clear");
});
afterAll(async () => {
  for (const server of servers) server.close();
  await fixture.remove();
});

/** The chain's service behind a line that loses the answers to the first calls of one method, after having passed them on. */
async function openLossyChain(method: string, losses: number): Promise<Chain> {
  let left = losses;
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      void fetch(fixture.devnet.deployment.rpcUrl, { method: "POST", headers: { "content-type": "application/json" }, body })
        .then((answer) => answer.text())
        .then((text) => {
          if (!body.includes(`"${method}"`) || left <= 0) return response.setHeader("content-type", "application/json").end(text);
          left -= 1;
          return response.destroy();
        });
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("no port");
  return connectChain({ ...fixture.devnet.deployment, rpcUrl: `http://127.0.0.1:${bound.port}` }, { pauseMs: 1 });
}

async function newSigner(chain: Chain): Promise<Signer> {
  return connectSigner(chain, (await fixture.createActor()).privateKey);
}

const spender = `0x${"aa".repeat(20)}`;
const approval = (): { token: string; spender: string; value: bigint } => ({ token: fixture.devnet.deployment.addresses.token, spender, value: 7n });

describe("a transaction", () => {
  test.each([1, 2, 3])("whose answer is lost %i times is sent once", async (losses) => {
    const chain = await openLossyChain("eth_sendRawTransaction", losses);
    const signer = await newSigner(chain);
    await approveToken(chain, signer, approval());
    expect(await chain.provider.getTransactionCount(signer.address)).toBe(1);
  });

  test("waits for its turn: many at once of one account get nonces without gap or double", async () => {
    const chain = connectChain(fixture.devnet.deployment);
    const signer = await newSigner(chain);
    await Promise.all(Array.from({ length: 5 }, () => approveToken(chain, signer, approval())));
    expect(await chain.provider.getTransactionCount(signer.address)).toBe(5);
  });

  test.each([
    ["than a transaction may have", 450_000],
    ["than a block has", 2_000_000],
  ])("that needs more gas %s is refused before it is sent", async (_, bytes) => {
    const chain = connectChain(fixture.devnet.deployment);
    const signer = await newSigner(chain);
    const call = sendTransaction(chain, signer, { what: "try", to: spender, data: `0x${"11".repeat(bytes)}` }); // 40 gas a byte
    await expect(call).rejects.toMatchObject({ code: "chain.refused", details: { error: "GasLimit" } });
    expect(await chain.provider.getTransactionCount(signer.address)).toBe(0);
  });

  test("of an account without ether is refused as such", async () => {
    const chain = connectChain(fixture.devnet.deployment);
    const poor = connectSigner(chain, `0x${"12".repeat(32)}`);
    await expect(approveToken(chain, poor, approval())).rejects.toMatchObject({ code: "chain.insufficient-funds" });
  });
});

describe("the chain", () => {
  test("is what the deployment says, with the contracts in their places", async () => {
    const { deployment } = fixture.devnet;
    await assertChain(connectChain(deployment));
    const empty = { ...deployment, addresses: { ...deployment.addresses, histogram: spender } };
    await expect(assertChain(connectChain(empty))).rejects.toMatchObject({ code: "chain.wrong-network" });
    expect((await readChainClock(connectChain(deployment))).block).toBeGreaterThan(0);
  });

  test("knows the test token, whose permits are good for exactly what was signed", async () => {
    const chain = connectChain(fixture.devnet.deployment);
    const { token } = fixture.devnet.deployment.addresses;
    expect(await getTokenFacts(chain)).toEqual({ symbol: "tUSD", decimals: 6 });
    const owner = await newSigner(chain);
    expect(await getTokenBalance(chain, owner.address)).toBe(0n);
    const { time } = await readChainClock(chain);
    const permit = await signPermit(chain, owner, { token, spender, value: 5n, deadline: time + 100 });
    expect(permit).toMatchObject({ deadline: time + 100, v: expect.any(Number) });
  });
});
