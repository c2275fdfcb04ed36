// Honest and refused items of a batch.
const assert = require("node:assert/strict");
const { ethers } = require("hardhat");
const { eventsOf } = require("./chain");
const { contribute, contribution, createRegion, loopCover, loopTile, states } = require("./histogram");

/** As many words as a cover has tiles, all alike. */
const words = (count = loopCover.length, word = 1n) => new Array(count).fill(word);
const freshWallet = () => new ethers.Wallet(ethers.hexlify(ethers.randomBytes(32)));

/** A vehicle's honest item, but for the changes. */
const honestItem = (world, regionId, changes = {}) => contribution(world, { regionId, words: words(), ...changes });

/** Public facts of a tile in an epoch. */
async function tileFacts({ histogram }, regionId, tile = loopTile) {
  const { state, tickets, vehicles, weight } = await histogram.tileStatus(regionId, tile, 0);
  return { state: states[state], tickets: Number(tickets), vehicles: Number(vehicles), weight: Number(weight) };
}

/** Asserts that the item is refused, changes nothing, and does not disturb an honest one in the same batch. */
async function assertRefused(world, item, reason, regionId = item.regionId) {
  const before = await tileFacts(world, regionId);
  const spent = await world.histogram.isSpent(item.oneTimeAddress);
  const other = await honestItem(world, await createRegion(world));
  const { receipt, outcome } = await contribute(world, [item, other]);
  assert.deepEqual(outcome, [reason, null]);
  const [refused] = eventsOf(receipt, world.histogram, "ContributionRefused");
  assert.deepEqual([refused.args.item, refused.args.oneTimeAddress], [0n, item.oneTimeAddress]);
  assert.deepEqual(await tileFacts(world, regionId), before);
  assert.equal(await world.histogram.isSpent(item.oneTimeAddress), spent);
}

module.exports = { assertRefused, freshWallet, honestItem, tileFacts, words };
