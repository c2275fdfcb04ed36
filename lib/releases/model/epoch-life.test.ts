import { expect, test } from "vitest";
import { lifeOf } from "@/lib/releases/model/epoch-life";
import { epochStates } from "@/lib/releases/model/epoch-state";

test("an epoch goes through its stations in order, one at a time", () => {
  const nowAt = (state: (typeof epochStates)[number]) => lifeOf({ state }, false).findIndex(({ place }) => place === "now");
  expect([nowAt("open"), nowAt("grace"), nowAt("sealed"), nowAt("publishing")]).toEqual([0, 1, 2, 3]);
  for (const state of epochStates) {
    const places = lifeOf({ state }, false).map(({ place }) => place);
    expect(places.filter((place) => place === "now").length).toBeLessThanOrEqual(1);
    expect(places.lastIndexOf("past")).toBeLessThan(places.includes("next") ? places.indexOf("next") : places.length);
  }
  expect(lifeOf({ state: "published" }, false).every(({ place }) => place === "past")).toBe(true);
});

test("a void epoch is never published, and an imported one was never open", () => {
  expect(lifeOf({ state: "void" }, false).at(-1)).toEqual({ name: "Published", place: "never" });
  expect(lifeOf({ state: "published" }, true).map(({ name }) => name)).not.toContain("Open");
});
