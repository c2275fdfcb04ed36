// Measured costs of the contracts' acts. Gas and homomorphic computation (HCU) do not depend on the machine or on the data.
const { ethers, fhevm } = require("hardhat");
const { gridDisk } = require("h3-js");
const {
  contribute,
  contribution,
  createRegion,
  deployHistogram,
  loopCover,
  loopTile,
  profiles,
  regionParams,
} = require("../test/helpers/histogram");
const { buy, deployMarket, noPermit, quoteFor } = require("../test/helpers/market");
const { randomSource, randomWord } = require("../test/helpers/clear");
const { sent, travelTo } = require("../test/helpers/chain");

const WORDS_OF_TILE = 128;
const ITEMS = 8;
const FLEET_VEHICLES = 100;
/** Fleets of 127 counted vehicles that a tile holds: all of them, since the first ones find few carries. */
const FLEETS = 31;
const ORDER_RELEASES = 10;
const CELLS = 49;

const costOf = (receipt) => {
  const { globalHCU, maxHCUDepth } = fhevm.computeTransactionHCU(receipt);
  return { gas: Number(receipt.gasUsed), hcu: Number(globalHCU), depth: Number(maxHCUDepth) };
};

function pair(name, { gas, hcu }, n, note) {
  const shared = note === undefined ? { n } : { n, note };
  return [
    { name: `contracts.${name}.hcu`, value: hcu, unit: "HCU", ...shared },
    { name: `contracts.${name}.gas`, value: gas, unit: "gas", ...shared },
  ];
}

/** 8 contributions of one 8-tile cover in a transaction, words 1 to 128 of each tile. Leaves the region ready to be sealed. */
async function measureWords(world) {
  const regionId = await createRegion(world, { profile: profiles.standard, ticketsMin: 20, covers: [eightTiles()] });
  const random = randomSource(1);
  const total = { gas: 0, hcu: 0 };
  for (let sentItems = 0; sentItems < WORDS_OF_TILE; sentItems += ITEMS) {
    const items = [];
    for (let i = 0; i < ITEMS; i++) items.push(await contribution(world, { regionId, words: words(random, 8) }));
    const { receipt, outcome } = await contribute(world, items);
    if (outcome.some((reason) => reason !== null)) throw new Error(`a contribution was refused: ${outcome}`);
    const cost = costOf(receipt);
    total.gas += cost.gas;
    total.hcu += cost.hcu;
  }
  const n = WORDS_OF_TILE * 8;
  return { regionId, measurements: pair("word", { gas: total.gas / n, hcu: total.hcu / n }, n) };
}

/** Noise and publication of one tile, in one transaction. */
async function measureRelease(world, regionId) {
  await travelTo(await world.histogram.closesAt(regionId, 0));
  const seal = costOf(await sent(world.histogram.seal(regionId, loopTile, 0)));
  const cost = costOf(await sent(world.histogram.release(regionId, loopTile, 0)));
  return [
    { name: "contracts.seal.gas", value: seal.gas, unit: "gas", n: 1 },
    ...pair("release", cost, 1),
    { name: "contracts.release.depth", value: cost.depth, unit: "HCU", n: 1 },
  ];
}

/** Fleets of 100 vehicles, one a transaction: 7 planes each. */
async function measureFleets(world) {
  const regionId = await createRegion(world, { covers: [[loopTile]] });
  const random = randomSource(2);
  const total = { gas: 0, hcu: 0 };
  for (let fleet = 0; fleet < FLEETS; fleet++) {
    const item = { regionId, tile: loopTile, words: words(random, 7), vehicles: FLEET_VEHICLES };
    const { receipt, outcome } = await contribute(world, [await contribution(world, item)]);
    if (outcome[0] !== null) throw new Error(`a fleet was refused: ${outcome[0]}`);
    const cost = costOf(receipt);
    total.gas += cost.gas;
    total.hcu += cost.hcu;
  }
  const n = FLEETS * FLEET_VEHICLES;
  return pair("fleet", { gas: total.gas / n, hcu: total.hcu / n }, n);
}

/** One contribution to the naive contract: over the limits in one transaction, so in two halves. */
async function measureNaive() {
  const naive = await ethers.deployContract("NaiveHistogram");
  const [sender] = await ethers.getSigners();
  const input = fhevm.createEncryptedInput(naive.target, sender.address);
  const { handles, inputProof } = await input.add8(7).add32(42).encrypt();
  const ranges = [
    [0, 25],
    [25, CELLS],
  ];
  const whole = await naive.contribute(handles[0], handles[1], inputProof, 0, CELLS).then(
    () => true,
    () => false
  );
  const note = whole ? "fits one transaction" : "one transaction reverts over 20,000,000 HCU; measured as two, each 25 or 24 cells";
  const total = { gas: 0, hcu: 0 };
  for (let round = 0; round < 2; round++) {
    // The second round counts: the first one fills empty storage.
    for (const [from, to] of ranges) {
      const cost = costOf(await sent(naive.contribute(handles[0], handles[1], inputProof, from, to)));
      if (round === 1) {
        total.gas += cost.gas;
        total.hcu += cost.hcu;
      }
    }
  }
  return pair("naive", total, 1, note);
}

/** Creating a region of one cover of eight tiles. */
async function measureRegion(world) {
  const params = await regionParams({ profile: profiles.standard, ticketsMin: 20, covers: [eightTiles()] });
  const { gas } = costOf(await sent(world.histogram.connect(world.curator).createRegion(params)));
  return [{ name: "contracts.region.gas", value: gas, unit: "gas", n: 1, note: "a region of 8 tiles" }];
}

/** Buying and opening an order of the smallest usual size for one reader, per release; and an order of one release. */
async function measureOpening() {
  const world = await deployMarket({ tiles: loopCover.slice(0, 5), epochs: 2 });
  const releases = world.releases.slice(0, ORDER_RELEASES);
  const { quote, signature } = await quoteFor(world, { releases });
  const bought = costOf(await sent(world.market.connect(world.buyer).buy(quote, releases, signature, noPermit)));
  const { orderId } = quote;
  const { gas } = costOf(await sent(world.market.openOrder(orderId, releases, 0, releases.length)));
  const single = await buy(world, { releases: releases.slice(0, 1), reader: world.otherReader.address });
  const alone = costOf(await sent(world.market.openOrder(single, releases.slice(0, 1), 0, 1)));
  return [
    { name: "contracts.buy.gas", value: bought.gas / releases.length, unit: "gas", n: releases.length, note: "an order of 10 releases" },
    { name: "contracts.open.gas", value: gas / releases.length, unit: "gas", n: releases.length, note: "an order of 10 releases" },
    { name: "contracts.open.alone.gas", value: alone.gas, unit: "gas", n: 1, note: "an order of one release" },
  ];
}

/** Loop Pilot's cover and a tile beside it. */
function eightTiles() {
  const around = gridDisk(loopTile.toString(16), 3).map((tile) => BigInt(`0x${tile}`));
  return [...loopCover, around.find((tile) => !loopCover.includes(tile))];
}

function words(random, count) {
  return Array.from({ length: count }, () => randomWord(random, 0.05));
}

/** All of them, one after the other. */
async function* measureAll() {
  const world = await deployHistogram();
  const { regionId, measurements } = await measureWords(world);
  yield* await measureRegion(world);
  yield* measurements;
  yield* await measureRelease(world, regionId);
  yield* await measureFleets(world);
  yield* await measureNaive();
  yield* await measureOpening();
}

module.exports = { eightTiles, measureAll };
