// The bars that the product's costs must keep to. Gas and HCU are the same on every machine.
const assert = require("node:assert/strict");
const { measureAll } = require("../bench/measure");

const bars = {
  "contracts.word.hcu": 185_000,
  "contracts.word.gas": 140_000,
  "contracts.release.hcu": 10_000_000,
  "contracts.release.gas": 4_200_000,
  "contracts.release.depth": 5_000_000,
  "contracts.fleet.hcu": 14_000,
  "contracts.fleet.gas": 13_500,
  "contracts.open.gas": 90_000,
  "contracts.open.alone.gas": 90_000,
};

describe("costs", () => {
  const measured = new Map();
  before(async () => {
    for await (const { name, value } of measureAll()) measured.set(name, value);
  });

  for (const [name, bar] of Object.entries(bars)) {
    it(`${name} is at most ${bar.toLocaleString("en")}`, () => {
      assert.ok(measured.get(name) <= bar, `${measured.get(name)}`);
    });
  }

  it("a word costs less than a hundredth of the naive contract's contribution", () => {
    assert.ok(measured.get("contracts.naive.hcu") > 100 * measured.get("contracts.word.hcu"));
    assert.ok(measured.get("contracts.naive.gas") > 40 * measured.get("contracts.word.gas"));
  });
});
