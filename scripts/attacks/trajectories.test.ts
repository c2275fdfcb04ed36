import { expect, test } from "vitest";
import { linkTrajectories } from "@/scripts/attacks/trajectories";

const options = { vehicles: 10, trials: 300, seed: 5n };

test("released epochs do not tell which drive goes on as which: linking does no better than chance", () => {
  const { rate, chance, standardError } = linkTrajectories("releases", options);
  expect(rate).toBeLessThanOrEqual(chance + 2 * standardError);
});

test("the attack is a real one: single vehicles' words would be linked well above chance", () => {
  const { rate, chance, standardError } = linkTrajectories("words", options);
  expect(rate).toBeGreaterThan(chance + 10 * standardError);
});
