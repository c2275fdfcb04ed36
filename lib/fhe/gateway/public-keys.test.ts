import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { openKeyFolder } from "@/lib/fhe/gateway/key-files";
import { loadPublicKeys, type KeyCache } from "@/lib/fhe/gateway/public-keys";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const publicKey = Buffer.from("the public key");
const crs = Buffer.from("the common reference string");
const idOf = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

/** A relayer that serves two key files under relative addresses, as the site's proxy does. */
async function relayer(changes: Record<string, Buffer> = {}): Promise<{ url: string; loads: string[] }> {
  const loads: string[] = [];
  const files: Record<string, Buffer> = {
    "/v2/keyurl": Buffer.from(
      JSON.stringify({
        response: {
          fheKeyInfo: [{ fhePublicKey: { dataId: idOf(publicKey), urls: ["/keys/pk"] } }],
          crs: { 2048: { dataId: idOf(crs), urls: ["/keys/crs"] } },
        },
      }),
    ),
    "/keys/pk": publicKey,
    "/keys/crs": crs,
    ...changes,
  };
  const server = createServer((request, response) => {
    loads.push(request.url ?? "");
    response.end(files[request.url ?? ""]);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { url: `http://127.0.0.1:${address.port}/v2`, loads };
}

const zero = `0x${"0".repeat(40)}`;
const networkOf = (relayerUrl: string) => ({
  chainId: 31_337,
  gatewayChainId: 10_901,
  rpcUrl: relayerUrl,
  relayerUrl,
  addresses: { acl: zero, kmsVerifier: zero, inputVerifier: zero, decryption: zero, inputVerification: zero },
});

let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), "keys-"));
});
afterAll(() => rm(root, { recursive: true }));
const folder = (): Promise<string> => mkdtemp(path.join(root, "run-"));

describe("the network's public keys", () => {
  test("are loaded once and kept whole", async () => {
    const { url, loads } = await relayer();
    const kept = await folder();
    const first = await loadPublicKeys(networkOf(url), { cache: openKeyFolder(kept) });
    const second = await loadPublicKeys(networkOf(url), { cache: openKeyFolder(kept) });
    expect(Buffer.from(first.crs.bytes)).toEqual(crs);
    expect(second).toEqual(first);
    expect(loads).toEqual(["/v2/keyurl", "/keys/pk", "/keys/crs", "/v2/keyurl"]);
    expect((await readdir(kept)).every((name) => name.endsWith(".bin"))).toBe(true);
  });

  test("a kept file that was damaged is loaded again", async () => {
    const { url, loads } = await relayer();
    const cache = openKeyFolder(await folder());
    await cache.put(idOf(crs), new Uint8Array([1]));
    const keys = await loadPublicKeys(networkOf(url), { cache });
    expect(Buffer.from(keys.crs.bytes)).toEqual(crs);
    expect(loads).toContain("/keys/crs");
  });

  test("a file that is not what its id says is refused and not kept", async () => {
    const { url } = await relayer({ "/keys/crs": Buffer.from("another") });
    const puts: string[] = [];
    const cache: KeyCache = { get: () => Promise.resolve(undefined), put: (id) => Promise.resolve(void puts.push(id)) };
    await expect(loadPublicKeys(networkOf(url), { cache })).rejects.toMatchObject({ code: "relayer.unreachable" });
    expect(puts).toEqual([idOf(publicKey)]);
  });

  test("something else at the relayer's address is named", async () => {
    const { url } = await relayer({ "/v2/keyurl": Buffer.from("<html>") });
    await expect(loadPublicKeys(networkOf(url), { cache: openKeyFolder(await folder()) })).rejects.toMatchObject({
      code: "relayer.refused",
      message: expect.stringContaining("RELAYER_URL"),
    });
  });
});
