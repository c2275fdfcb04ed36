// The encrypted counters as they stand in the contract's storage.
const hre = require("hardhat");
const { countBits } = require("./clear");
const { reveal } = require("./decrypt");

const { AbiCoder, keccak256, toBeHex, toQuantity } = hre.ethers;
const SOURCE = "src/histogram/TrafficHistogram.sol";
const LEVELS = 12;
/** Where `Tally.pending` begins: after state (8), tickets, vehicles and weight (16 each). */
const PENDING_BIT = 56n;

/** Where `Tally.publishedBlock` begins, and the state of a published release. */
const PUBLISHED_BLOCK_BIT = 80n;
const PUBLISHED = 3n;

let layout;

/** The compiler's storage layout, read once: it stands in a file of many megabytes. */
async function storageLayout() {
  if (layout === undefined) {
    const info = await hre.artifacts.getBuildInfo(`${SOURCE}:TrafficHistogram`);
    layout = info.output.contracts[SOURCE].TrafficHistogram.storageLayout.storage;
  }
  return layout;
}

async function slotOfMapping(label, key) {
  const { slot } = (await storageLayout()).find((variable) => variable.label === label);
  return BigInt(keccak256(AbiCoder.defaultAbiCoder().encode(["uint256", "uint256"], [key, slot])));
}

const readSlot = (contract, slot) => hre.ethers.provider.getStorage(contract.target, toBeHex(slot));

/** Handles of the pending words of a tile and epoch, by level. */
async function pendingHandles(histogram, releaseId) {
  const tally = BigInt(await readSlot(histogram, await slotOfMapping("_tallies", releaseId)));
  const base = await slotOfMapping("_words", releaseId);
  const levels = [];
  for (let level = 0; level < LEVELS; level++) {
    const pending = Number((tally >> (PENDING_BIT + 2n * BigInt(level))) & 3n);
    const handles = [];
    for (let i = 0; i < pending; i++) handles.push(await readSlot(histogram, base + BigInt(2 * level + i)));
    levels.push(handles);
  }
  return levels;
}

/** The 256 counts that a tile and epoch's pending words stand for: those of level l weigh 2^l. */
async function countersOf(histogram, releaseId) {
  const weighted = [];
  for (const [level, handles] of (await pendingHandles(histogram, releaseId)).entries()) {
    for (const word of await reveal(handles)) weighted.push({ word, weight: 2 ** level });
  }
  return countBits(weighted);
}

/** Handles of the noised planes of a tile and epoch, which no function of the contract tells. */
async function noisedHandles(histogram, releaseId) {
  const slot = await slotOfMapping("_noised", releaseId);
  const length = Number(await readSlot(histogram, slot));
  const first = BigInt(keccak256(toBeHex(slot, 32)));
  return Promise.all(Array.from({ length }, (_, i) => readSlot(histogram, first + BigInt(i))));
}

/** Marks releases as published in storage, for lists longer than can be made in a test. They have no planes and no vault. */
async function publishBySlot(histogram, releaseIds) {
  const value = toBeHex((BigInt(await hre.ethers.provider.getBlockNumber()) << PUBLISHED_BLOCK_BIT) | PUBLISHED, 32);
  for (const releaseId of releaseIds) {
    await hre.network.provider.send("hardhat_setStorageAt", [
      histogram.target,
      toQuantity(await slotOfMapping("_tallies", releaseId)),
      value,
    ]);
  }
}

module.exports = { countersOf, noisedHandles, pendingHandles, publishBySlot };
