const assert = require("node:assert/strict");
const { ethers, fhevm } = require("hardhat");
const { countBits, fromPlanes, randomSource, randomWord } = require("../helpers/clear");
const { reveal } = require("../helpers/decrypt");
const { sent } = require("../helpers/chain");

const ONES = 2n ** 256n - 1n;
const LEVELS = 12;

/** Adds weighted words in calls of at most eight, which is what one input holds. */
async function addAll(probe, entries) {
  const [sender] = await ethers.getSigners();
  for (let i = 0; i < entries.length; i += 8) {
    const part = entries.slice(i, i + 8);
    const input = fhevm.createEncryptedInput(probe.target, sender.address);
    for (const { word } of part) input.add256(word);
    const { handles, inputProof } = await input.encrypt();
    await sent(
      probe.add(
        part.map(({ level }) => level),
        handles,
        inputProof
      )
    );
  }
}

const weighted = (entries) => entries.map(({ word, level }) => ({ word, weight: 2 ** level }));
const weightOf = (entries) => entries.reduce((sum, { level }) => sum + 2 ** level, 0);

/** Planes 0 to l of a fleet's sum, as a fleet submits them: level i has words[i]. */
const fleet = (words) => words.map((word, level) => ({ word, level }));

async function assertCounts(entries) {
  const probe = await ethers.deployContract("LibraryProbe");
  await addAll(probe, entries);
  let pendingWeight = 0;
  for (let level = 0; level < LEVELS; level++) {
    const pending = Number(await probe.pendingAt(level));
    assert.ok(pending <= 2);
    pendingWeight += pending * 2 ** level;
  }
  assert.equal(pendingWeight, weightOf(entries), "the pending words' weight is not the sum of the added");
  await sent(probe.resolve());
  const planes = await reveal([...(await probe.planes())]);
  assert.equal(planes.length, weightOf(entries).toString(2).length);
  assert.deepEqual(fromPlanes(planes), countBits(weighted(entries)));
}

describe("BitSlicedCounter", () => {
  for (let n = 1; n <= 9; n++) {
    it(`${n} all-ones words count to ${n} on every bit`, async () => {
      await assertCounts(Array.from({ length: n }, () => ({ word: ONES, level: 0 })));
    });
  }

  it("random words of all densities are counted as by an independent model", async () => {
    const random = randomSource(7);
    const entries = Array.from({ length: 77 }, (_, i) => ({ word: randomWord(random, i / 77), level: 0 }));
    await assertCounts(entries);
  });

  it("eight words on the top level of a ticket count 128 each", async () => {
    await assertCounts(Array.from({ length: 8 }, () => ({ word: ONES, level: 7 })).concat(fleet(new Array(8).fill(ONES))));
  });

  it("fleets mixed with vehicles are counted as by an independent model", async () => {
    const random = randomSource(11);
    const entries = [];
    for (let round = 0; round < 12; round++) {
      const planes = 1 + Math.floor(random() * 8);
      entries.push(...fleet(Array.from({ length: planes }, () => randomWord(random))));
      for (let i = Math.floor(random() * 4); i > 0; i--) entries.push({ word: randomWord(random), level: 0 });
    }
    await assertCounts(entries);
  });

  it("a word above an empty level is not lost", async () => {
    await assertCounts([...fleet([1n, 0n, 0n, 0n, 0n, 3n]), { word: 1n, level: 0 }]);
  });

  it("a carry goes through all levels up to the capacity of 4,032", async () => {
    // 15 fleets of 255 and one of 207, all-ones: every counter holds 4,032 and every level is in use.
    const entries = Array.from({ length: 15 }, () => fleet(new Array(8).fill(ONES))).flat();
    for (let rest = 4_032 - 15 * 255, level = 7; rest > 0; level--) {
      for (; rest >= 2 ** level; rest -= 2 ** level) entries.push({ word: ONES, level });
    }
    assert.equal(weightOf(entries), 4_032);
    await assertCounts(entries);
  });

  it("a weight beyond the last level panics instead of dropping a carry", async () => {
    const probe = await ethers.deployContract("LibraryProbe");
    await addAll(probe, [
      { word: ONES, level: 11 },
      { word: ONES, level: 11 },
    ]);
    await assert.rejects(addAll(probe, [{ word: ONES, level: 11 }]), /panic code 0x32/);
  });

  it("one pending word of a level stays untouched when eight more words come", async () => {
    const probe = await ethers.deployContract("LibraryProbe");
    const eight = Array.from({ length: 8 }, (_, i) => ({ word: BigInt(i), level: 0 }));
    await addAll(probe, eight);
    const [sender] = await ethers.getSigners();
    const input = fhevm.createEncryptedInput(probe.target, sender.address);
    for (const { word } of eight) input.add256(word);
    const { handles, inputProof } = await input.encrypt();
    const receipt = await sent(probe.add(new Array(8).fill(0), handles, inputProof));
    const acl = new ethers.Interface(["event Allowed(address indexed caller, address indexed account, bytes32 handle)"]);
    const allowed = receipt.logs.filter((log) => acl.parseLog(log)?.name === "Allowed");
    // Levels 0 to 3 change one word each; without this they would change two.
    assert.equal(allowed.length, 4);
  });
});
