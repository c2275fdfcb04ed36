const assert = require("node:assert/strict");
const { ethers, fhevm } = require("hardhat");
const { fromSignedPlanes, randomSource, suppress, toPlanes } = require("../helpers/clear");
const { reveal } = require("../helpers/decrypt");
const { sent } = require("../helpers/chain");

const PLANES = 8;
const SMALLEST = -(2 ** (PLANES - 1));
const LARGEST = 2 ** (PLANES - 1) - 1;

/** Masked counters of given signed counters, with the receipt of the masking. */
async function mask(noised, threshold) {
  const probe = await ethers.deployContract("LibraryProbe");
  const [sender] = await ethers.getSigners();
  const input = fhevm.createEncryptedInput(probe.target, sender.address);
  const wrapped = noised.map((value) => (value < 0 ? value + 2 ** PLANES : value));
  for (const plane of toPlanes(wrapped, PLANES)) input.add256(plane);
  const { handles, inputProof } = await input.encrypt();
  await sent(probe.setPlanes(handles, inputProof));
  await sent(probe.suppress(threshold));
  return { probe, handles: [...(await probe.planes())], inputs: handles.map((handle) => ethers.hexlify(handle)) };
}

async function assertMasked(noised, threshold) {
  const { handles } = await mask(noised, threshold);
  assert.deepEqual(fromSignedPlanes(await reveal(handles)), suppress(noised, threshold));
}

const randomCounts = (seed, low, high) => {
  const random = randomSource(seed);
  return Array.from({ length: 256 }, () => low + Math.floor(random() * (high - low + 1)));
};

describe("Suppression", () => {
  for (const threshold of [1, 2, 3, 20, 40, 63, 64, 65, 80, 126, 127]) {
    it(`k = ${threshold}: shows exactly the cells one of whose classes reached it`, async () => {
      await assertMasked(randomCounts(threshold, SMALLEST, LARGEST), threshold);
    });
    it(`k = ${threshold}: k - 1 in all five classes is suppressed, k in a single one is shown`, async () => {
      const counts = new Array(256).fill(threshold - 1);
      for (let cell = 1; cell < 49; cell += 2) counts[(cell % 5) * 49 + cell] = threshold;
      await assertMasked(counts, threshold);
    });
  }

  it("negative counts are below every threshold", async () => {
    await assertMasked(randomCounts(3, SMALLEST, -1), 1);
  });

  it("each class alone shows its cell, with all classes and their negative counts", async () => {
    for (let c = 0; c < 5; c++) {
      const counts = new Array(256).fill(-3);
      for (const cell of [0, 24, 48]) counts[c * 49 + cell] = 20;
      await assertMasked(counts, 20);
    }
  });

  it("spare bits 245 to 255 never show anything and are published as zero", async () => {
    const counts = new Array(256).fill(0).map((_, bit) => (bit >= 245 ? LARGEST : 0));
    await assertMasked(counts, 1);
    await assertMasked(new Array(256).fill(LARGEST), 1);
  });

  it("all cells shown: every plane is still a handle of its own", async () => {
    const { handles, inputs } = await mask(new Array(256).fill(LARGEST), 1);
    assert.ok(handles.every((handle) => !inputs.includes(handle)));
    assert.equal(new Set(handles).size, PLANES);
  });

  for (const threshold of [0, 2 ** (PLANES - 1), 2 ** PLANES]) {
    it(`k = ${threshold} can't be compared in ${PLANES} signed planes and panics`, async () => {
      await assert.rejects(mask(new Array(256).fill(0), threshold), /panic code 0x1 /);
    });
  }
});
