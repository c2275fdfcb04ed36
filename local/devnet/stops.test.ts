import { expect, test } from "vitest";
import { createMutex } from "@/local/devnet/mutex";
import { Stops } from "@/local/devnet/stops";

test("what was begun last ends first, once, and one failure does not spare the others", async () => {
  const stops = new Stops();
  const ended: string[] = [];
  await stops.add(async () => void ended.push("first"));
  await stops.add(async () => {
    throw new Error("stuck");
  });
  await stops.add(async () => void ended.push("last"));
  await expect(Promise.all([stops.run(), stops.run()])).rejects.toBeInstanceOf(AggregateError);
  expect(ended).toEqual(["last", "first"]);
});

test("what comes up after everything was ended is ended at once", async () => {
  const stops = new Stops();
  await stops.run();
  let ended = false;
  await expect(stops.add(async () => void (ended = true))).rejects.toMatchObject({ code: "chain.unreachable" });
  expect(ended).toBe(true);
});

test("tasks of a mutex run one after the other in order, also after a failure", async () => {
  const mutex = createMutex();
  const events: string[] = [];
  const task = (name: string) => async (): Promise<string> => {
    events.push(`${name} begins`);
    await Promise.resolve();
    events.push(`${name} ends`);
    if (name === "b") throw new Error(name);
    return name;
  };
  const results = await Promise.allSettled(["a", "b", "c"].map((name) => mutex.run(task(name))));
  expect(events).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
});
