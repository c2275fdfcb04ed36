// The bars that the product's costs must keep to. Gas and HCU are the same on every machine.
const assert = require("node:assert/strict");
const { eightTiles, measureAll } = require("../bench/measure");
const { contribute, contribution, createRegion, deployHistogram } = require("./helpers/histogram");

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

  it("eight contributions to a cover of eight tiles fit one transaction behind carries through eight levels", async () => {
    const world = await deployHistogram();
    const cover = eightTiles();
    const regionId = await createRegion(world, { covers: [cover] });
    // Two fleets of 255 leave two words pending on each of the levels 0 to 7.
    for (let i = 0; i < 16; i += 2) {
      const fleets = [i, i + 1].map((n) => contribution(world, { regionId, tile: cover[n >> 1], words: new Array(8).fill(1n) }));
      assert.deepEqual((await contribute(world, await Promise.all(fleets))).outcome, [null, null]);
    }
    const items = await Promise.all(Array.from({ length: 8 }, () => contribution(world, { regionId, words: new Array(8).fill(1n) })));
    const { outcome } = await contribute(world, items);
    assert.ok(outcome.every((reason) => reason === null));
  });

  it("a word costs less than a hundredth of the naive contract's contribution", () => {
    assert.ok(measured.get("contracts.naive.hcu") > 100 * measured.get("contracts.word.hcu"));
    assert.ok(measured.get("contracts.naive.gas") > 40 * measured.get("contracts.word.gas"));
  });
});
