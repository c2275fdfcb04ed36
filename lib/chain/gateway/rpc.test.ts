import { createServer, type Server, type ServerResponse } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { callRpc } from "@/lib/chain/gateway/rpc";
import { connectChain, assertChain } from "@/lib/chain/gateway/provider";

const servers: Server[] = [];

async function serve(answer: (response: ServerResponse, count: number) => void): Promise<{ url: string; calls: () => number }> {
  let count = 0;
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => answer(response, (count += 1)));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { url: `http://127.0.0.1:${address.port}/`, calls: () => count };
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const quick = { pauseMs: 1, timeoutMs: 2_000 };
const call = { method: "eth_chainId", params: [] };

describe("a call to the chain", () => {
  test("is repeated when the service says later", async () => {
    const { url, calls } = await serve((response, count) => {
      response.writeHead(count < 3 ? 503 : 200).end(JSON.stringify({ jsonrpc: "2.0", id: 1, result: "0x7a69" }));
    });
    expect(await callRpc(url, call, quick)).toEqual({ result: "0x7a69" });
    expect(calls()).toBe(3);
  });

  test("is repeated when the connection breaks", async () => {
    const { url, calls } = await serve((response, count) => {
      if (count === 1) response.destroy();
      else response.end(JSON.stringify({ result: "0x1" }));
    });
    expect(await callRpc(url, call, quick)).toEqual({ result: "0x1" });
    expect(calls()).toBe(2);
  });

  test("gives up with a typed error that names the address", async () => {
    const { url, calls } = await serve((response) => response.writeHead(503).end());
    await expect(callRpc(url, call, quick)).rejects.toMatchObject({ code: "chain.unreachable", message: expect.stringContaining(url) });
    expect(calls()).toBe(4);
  });

  test("does not wait for ever for a silent service", async () => {
    const { url } = await serve(() => undefined);
    await expect(callRpc(url, call, { attempts: 2, timeoutMs: 50, pauseMs: 1 })).rejects.toMatchObject({ code: "chain.unreachable" });
  });

  test("an error of the chain itself is not repeated", async () => {
    const { url, calls } = await serve((response) => response.end(JSON.stringify({ error: { code: 3, message: "execution reverted", data: "0x" } })));
    expect((await callRpc(url, call, quick)).error?.message).toBe("execution reverted");
    expect(calls()).toBe(1);
  });

  test("an answer that is no JSON-RPC is refused", async () => {
    const { url } = await serve((response) => response.writeHead(404).end("<html>"));
    await expect(callRpc(url, call, quick)).rejects.toMatchObject({ code: "chain.unreachable", message: expect.stringContaining("RPC_URL") });
  });
});

test("a service of another chain is refused by its number", async () => {
  const { url } = await serve((response) => response.end(JSON.stringify({ result: "0x1" })));
  const zero = "0x0000000000000000000000000000000000000001";
  const chain = connectChain({ chainId: 31_337, rpcUrl: url, deployBlock: 0, addresses: { acl: zero, histogram: zero, marketplace: zero, token: zero } });
  await expect(assertChain(chain)).rejects.toMatchObject({ code: "chain.wrong-network", message: expect.stringContaining("chain 1,") });
});
