import { createServer, type Server } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { addressOfKey, createPrivateKey, recoverTypedDataSigner } from "@/lib/chain/gateway/signer";
import { ticketTypedData } from "@/lib/chain/model/typed-data";
import { localTickets, remoteTickets, type TicketRequest } from "@/lib/ingest/gateway/tickets";
import { systemRandom } from "@/lib/kernel/random";

const histogram = { chainId: 31_337, verifyingContract: `0x${"aa".repeat(20)}` };
const request: TicketRequest = { oneTimeAddress: `0x${"bb".repeat(20)}`, regionId: 1, epoch: 2, maxLevel: 0, vehicles: 1 };

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function service(status: number, body: unknown): Promise<{ url: string; asked: unknown[] }> {
  const asked: unknown[] = [];
  const server = createServer((incoming, response) => {
    let text = "";
    incoming.on("data", (chunk: Buffer) => (text += chunk.toString()));
    incoming.on("end", () => {
      asked.push(JSON.parse(text));
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("no port");
  return { url: `http://127.0.0.1:${bound.port}/tickets`, asked };
}

test("a local ticket is signed over the whole request and ends a day later", async () => {
  const key = createPrivateKey(systemRandom);
  const { expiry, signature } = await localTickets(key, histogram)(request, 1_800_000_000);
  expect(expiry).toBe(1_800_086_400);
  expect(recoverTypedDataSigner(ticketTypedData(histogram, { ...request, expiry }), signature)).toBe(addressOfKey(key));
});

describe("a ticket service", () => {
  test("is asked for exactly one contribution and believed", async () => {
    const { url, asked } = await service(200, { expiry: 5, signature: "0x12" });
    expect(await remoteTickets(url)(request, 0)).toEqual({ expiry: 5, signature: "0x12" });
    expect(asked).toEqual([request]);
  });

  test.each([[403, { error: "quota" }], [200, { expiry: "soon" }], [200, {}]])("that answers %i %j gives no ticket", async (status, body) => {
    const { url } = await service(status, body);
    await expect(remoteTickets(url)(request, 0)).rejects.toMatchObject({ code: "request.invalid" });
  });

  test("that is not there is named", async () => {
    await expect(remoteTickets("http://127.0.0.1:1/tickets")(request, 0)).rejects.toMatchObject({ code: "relayer.unreachable", message: expect.stringContaining("TICKET_URL") });
  });
});
