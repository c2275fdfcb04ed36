import { expect, test } from "vitest";
import { cityOf, startOf, type ServiceBeat } from "@/lib/delivery/model/service-beats";
import { consequenceOf, partPurposes } from "@/lib/delivery/model/status-words";
import { partNames } from "@/lib/delivery/schema";

const beat = (changes: Partial<ServiceBeat>): ServiceBeat => ({ service: "city", secondsAgo: 3, details: { past: { done: 12, total: 576 } }, ...changes });

test("a service that has been silent for long tells nothing any more", () => {
  expect(cityOf([beat({})])?.past).toEqual({ done: 12, total: 576 });
  expect(cityOf([beat({ secondsAgo: 121 })])).toBeNull();
  expect(cityOf([beat({ service: "worker" })])).toBeNull();
});

test("what a service tells in another form is left out", () => {
  expect(cityOf([beat({ details: { past: "soon" } })])).toBeNull();
  expect(startOf([beat({ service: "start", details: { services: [] } })])).toBeNull();
});

test("every part that is not well has a sentence, and one that is well has none", () => {
  for (const part of partNames) {
    expect(consequenceOf(part, { status: "ok" })).toBeNull();
    expect(consequenceOf(part, { status: "degraded" })).toMatch(/\.$/);
    expect(consequenceOf(part, { status: "down" })).toMatch(/\.$/);
    expect(partPurposes[part]).not.toBe("");
  }
});
