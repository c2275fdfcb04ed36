import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createJobs } from "@/local/devnet/jobs";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const limits = { runningMax: 2, keepMs: 1_000 };
const settle = async (): Promise<void> => {
  await vi.advanceTimersByTimeAsync(0);
};

test("a job is queued until its work is done, then holds its result or its failure", async () => {
  const jobs = createJobs(limits);
  const good = Promise.resolve(5);
  const id = jobs.start(() => good);
  expect(jobs.find(id)).toEqual({ status: "queued" });
  await settle();
  expect(jobs.find(id)).toEqual({ status: "succeeded", result: 5 });
  const failure = new Error("no");
  const failed = jobs.start(() => Promise.reject(failure));
  await settle();
  expect(jobs.find(failed)).toEqual({ status: "failed", error: failure });
});

test("results are kept for a while, not for ever", async () => {
  const jobs = createJobs(limits);
  const id = jobs.start(async () => 5);
  await vi.advanceTimersByTimeAsync(999);
  expect(jobs.find(id)).toBeDefined();
  await vi.advanceTimersByTimeAsync(2);
  expect(jobs.find(id)).toBeUndefined();
});

test("more work than fits is refused until some is done", async () => {
  const jobs = createJobs(limits);
  let finish: (value: number) => void = () => undefined;
  jobs.start(() => new Promise<number>((resolve) => (finish = resolve)));
  jobs.start(() => new Promise(() => undefined));
  expect(() => jobs.start(async () => 1)).toThrow(expect.objectContaining({ label: "protocol_overload" }));
  finish(1);
  await settle();
  expect(() => jobs.start(async () => 1)).not.toThrow();
});
