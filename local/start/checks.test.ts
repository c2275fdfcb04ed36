import { createServer, type Server } from "node:net";
import os from "node:os";
import path from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { assertDatabase } from "@/lib/platform/database-check";
import { findFreePort } from "@/local/free-port";
import { describeSkew } from "@/local/start/clock";
import { assertRoom, freeBytes, isDiskFull } from "@/local/start/disk";
import { assertPortsFree } from "@/local/start/ports";

const servers: Server[] = [];

/** Something that listens and treats each connection in the given way. */
function listen(answer: (text: string) => string | undefined): Promise<number> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      const text = answer(bytes.toString("latin1"));
      if (text === undefined) socket.destroy();
      else socket.end(text);
    });
  });
  servers.push(server);
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(Number(Object(server.address()).port))));
}

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

describe("ports", () => {
  test("one that is taken is named with the variable to change", async () => {
    const port = await listen(() => undefined);
    await expect(assertPortsFree({ PORT: await findFreePort(), DEVNET_PORT: port })).rejects.toMatchObject({ code: "config.invalid", message: expect.stringMatching(`Port ${port} is taken.*DEVNET_PORT`) });
  });

  test("the same one for two is refused before anything listens", async () => {
    const port = await findFreePort();
    await expect(assertPortsFree({ PORT: port, ANVIL_PORT: port })).rejects.toMatchObject({ message: expect.stringContaining("PORT and ANVIL_PORT") });
  });

  test("free ones pass", async () => {
    await assertPortsFree({ PORT: await findFreePort(), DEVNET_PORT: await findFreePort() });
  });
});

describe("the disk", () => {
  const rooms = [{ folder: ".local", bytes: 2e9, purpose: "running the local network" }];

  test("too little room stops the start and says what to free", async () => {
    await expect(assertRoom(rooms, async () => 1e9)).rejects.toMatchObject({ code: "config.invalid", message: expect.stringMatching(/1\.0 GB free, and running the local network needs 2\.0 GB.*LOCAL_DIR/) });
  });

  test("enough room passes", async () => {
    await assertRoom(rooms, async () => 2e9);
  });

  test("is measured where a folder will be made", async () => {
    expect(await freeBytes(path.join(os.tmpdir(), "not", "there", "yet"))).toBeGreaterThan(0);
  });

  test.each(["Error: ENOSPC: no space left on device, write", "could not extend file: No space left on device", "Os { code: 28, kind: StorageFull, message: \"No space left on device\" }"])("that is full is seen in %j", (line) => {
    expect(isDiskFull(line)).toBe(true);
    expect(isDiskFull("the disk is fine")).toBe(false);
  });
});

describe("clocks", () => {
  test.each([0, 59, -59])("%d seconds apart is nothing to speak of", (skew) => {
    expect(describeSkew({ chain: 1_000_000 + skew, machine: 1_000_000 })).toBeUndefined();
  });

  test("a chain that is ahead means a machine that is behind", () => {
    expect(describeSkew({ chain: 1_000_600, machine: 1_000_000 })).toMatch(/10 min behind the chain's.*timedatectl/);
  });

  test("an old newest block is a fast clock or a chain that stands", () => {
    expect(describeSkew({ chain: 1_000_000, machine: 1_086_400 })).toMatch(/24 h old.*stands still/);
  });
});

describe("DATABASE_URL", () => {
  const url = (port: number): string => `postgresql://user:very-secret@127.0.0.1:${port}/name`;

  async function refusalOf(databaseUrl: string): Promise<string> {
    const error: unknown = await assertDatabase(databaseUrl).then(() => undefined, (reason: unknown) => reason);
    expect(error).toMatchObject({ code: "config.invalid" });
    expect(String(error)).not.toContain("very-secret");
    return String(error);
  }

  test("where nothing listens: says to start Postgres", async () => {
    const port = await findFreePort();
    expect(await refusalOf(url(port))).toMatch(`127.0.0.1:${port}/name): nothing listens there. Start Postgres`);
  });

  test("a web server in its place is recognised", async () => {
    const port = await listen(() => "HTTP/1.1 400 Bad Request\r\n\r\n");
    expect(await refusalOf(url(port))).toContain("does not speak Postgres");
  });

  test("something that hangs up is recognised", async () => {
    const port = await listen(() => undefined);
    expect(await refusalOf(url(port))).toMatch(/does not speak Postgres, or broke off/);
  });

  test("a host that does not exist is named", async () => {
    expect(await refusalOf("postgresql://user:very-secret@no-such-host.invalid/name")).toMatch(/no-such-host.invalid:5432\/name/);
  });
});
