import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { takeLock } from "@/lib/ingest/gateway/process-lock";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), "lock-"));
});
afterAll(() => rm(root, { recursive: true }));
const lockFile = async (): Promise<string> => path.join(await mkdtemp(path.join(root, "run-")), "lock");

describe("a lock", () => {
  test("keeps a second process out, and names the first", async () => {
    const file = await lockFile();
    const giveBack = await takeLock(file, "An upload");
    await expect(takeLock(file, "An upload")).rejects.toMatchObject({ code: "usage.invalid", message: expect.stringContaining(String(process.pid)) });
    await giveBack();
    await (await takeLock(file, "An upload"))();
  });

  test.each(["4194304999", "", "garbage"])("left behind as %j is not in the way", async (content) => {
    const file = await lockFile();
    await writeFile(file, content);
    await (await takeLock(file, "An upload"))();
  });
});
