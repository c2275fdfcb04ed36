import { beforeEach, expect, test, vi } from "vitest";
import { networkName, registerDevice } from "@/lib/ingest/mutations/register-device";

const written: unknown[][] = [];
const pool = { query: vi.fn(async (_: string, values: unknown[]) => void written.push(values)) };
const register = (network: string, now: string): Promise<{ token: string }> =>
  registerDevice(Object.assign(Object.create(null), pool), { network, perDay: 2, now: new Date(now) });

beforeEach(() => {
  written.length = 0;
});

test("a network registers so many devices a day; another network and another day are free", async () => {
  await register("203.0.113.9", "2026-01-01T10:00:00Z");
  await register("203.0.113.9", "2026-01-01T11:00:00Z");
  await expect(register("203.0.113.9", "2026-01-01T12:00:00Z")).rejects.toMatchObject({ code: "device.too-many" });
  await register("203.0.113.10", "2026-01-01T12:00:00Z");
  await register("203.0.113.9", "2026-01-02T00:00:01Z");
  expect(written).toHaveLength(4);
});

test("nothing that is written tells the network, and the token is not written", async () => {
  const { token } = await register("198.51.100.7", "2026-01-03T10:00:00Z");
  expect(JSON.stringify(written)).not.toMatch(/198\.51\.100\.7/);
  expect(JSON.stringify(written)).not.toContain(token);
});

test("the name that a network is counted under is another one each day, and can't be made again", () => {
  const first = networkName("198.51.100.7", "2026-02-01");
  expect(networkName("198.51.100.7", "2026-02-01")).toBe(first);
  expect(networkName("198.51.100.7", "2026-02-02")).not.toBe(first);
  expect(networkName("198.51.100.7", "2026-02-01")).not.toBe(first);
});
