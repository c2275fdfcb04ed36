import { createServer, type Server } from "node:http";
import { Interface } from "ethers";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { ITrafficHistogram__factory as Histogram } from "@/lib/chain/abi/factories/ITrafficHistogram__factory";
import { eventSource, type EventSource } from "@/lib/chain/gateway/event-source";
import { connectChain } from "@/lib/chain/gateway/provider";

const histogram = "0x00000000000000000000000000000000000000ab";
const marketplace = "0x00000000000000000000000000000000000000cd";
const oneTimeAddress = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045";
const rangeMax = 8;

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const callSchema = z.object({ id: z.number(), params: z.tuple([z.object({ fromBlock: z.string(), toBlock: z.string(), address: z.unknown() })]) });
const hash = (number: number): string => `0x${number.toString(16).padStart(64, "0")}`;

/** One log for each block, as a node gives it. */
function logOf(block: number): unknown {
  const { data, topics } = new Interface(Histogram.abi).encodeEventLog("ContributionAccepted", [1, block, oneTimeAddress, 0, 0x872664ca9ffffffn, 3, [0, 1]]);
  const number = `0x${block.toString(16)}`;
  return { address: histogram, topics, data, blockNumber: number, blockHash: hash(block), transactionHash: hash(block), transactionIndex: "0x0", logIndex: "0x0", removed: false };
}

/** A node that answers eth_getLogs for so many blocks at most, and says no to more. */
async function serveLogs(answer: (from: number, to: number) => { status: number; body: object }): Promise<{ source: EventSource; ranges: [number, number][] }> {
  const ranges: [number, number][] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      const { params: [{ fromBlock, toBlock }] } = callSchema.parse(JSON.parse(text));
      const range: [number, number] = [Number(fromBlock), Number(toBlock)];
      ranges.push(range);
      const { status, body } = answer(...range);
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ jsonrpc: "2.0", id: 1, ...body }));
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const network = { chainId: 1, rpcUrl: `http://127.0.0.1:${address.port}/`, deployBlock: 1, addresses: { acl: histogram, histogram, marketplace, token: histogram } };
  return { source: eventSource(connectChain(network, { attempts: 1, timeoutMs: 5_000 })), ranges };
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

test("a service that refuses large ranges is asked for smaller ones, and nothing is lost or doubled", async () => {
  const { source, ranges } = await serveLogs((from, to) => ({
    status: 200,
    body: to - from >= rangeMax ? { error: { code: -32_005, message: "query exceeds max block range" } } : { result: range(from, to).map(logOf) },
  }));
  const events = await source.events(10, 50);
  expect(events.map(({ block }) => block)).toEqual(range(10, 50));
  // 41 blocks, halved three times.
  expect(ranges).toHaveLength(15);
});

test("a service that is away is not asked for less", async () => {
  const { source, ranges } = await serveLogs(() => ({ status: 503, body: {} }));
  await expect(source.events(10, 50)).rejects.toMatchObject({ code: "chain.unreachable" });
  expect(ranges).toEqual([[10, 50]]);
});

test("a service that refuses a single block's logs has failed", async () => {
  const { source } = await serveLogs(() => ({ status: 200, body: { error: { code: -32_000, message: "no" } } }));
  await expect(source.events(10, 50)).rejects.toMatchObject({ code: "chain.unreachable" });
});

test("arguments are kept as text: integers in decimal, addresses in lower case, lists as lists", async () => {
  const { source } = await serveLogs((from, to) => ({ status: 200, body: { result: range(from, to).map(logOf) } }));
  const [event] = await source.events(7, 7);
  expect(event).toEqual({
    contract: "histogram", address: histogram, block: 7, blockHash: hash(7), transaction: hash(7), logIndex: 0, name: "ContributionAccepted",
    args: { regionId: "1", epoch: "7", oneTimeAddress: oneTimeAddress.toLowerCase(), cover: "0", tile: 0x872664ca9ffffffn.toString(), vehicles: "3", levels: ["0", "1"] },
  });
});
