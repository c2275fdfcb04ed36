const assert = require("node:assert/strict");
const { ethers, fhevm } = require("hardhat");
const { fromSignedPlanes, randomSource, toPlanes } = require("../helpers/clear");
const { profiles } = require("../helpers/histogram");
const { reveal } = require("../helpers/decrypt");
const { sent } = require("../helpers/chain");

/** The laws by their definition: e, planes, t, k, and the random words that they take. */
const laws = {
  standard: { e: 1 / 4, planes: 6, t: 16, k: 40, randomWords: 94, sd: 5.66 },
  careful: { e: 1 / 8, planes: 7, t: 16, k: 80, randomWords: 110, sd: 11.3 },
  demo: { e: 1 / 2, planes: 4, t: 8, k: 20, randomWords: 33, sd: 2.8 },
};

const executor = new ethers.Interface(["event FheRand(address indexed caller, uint8 randType, bytes16 seed, bytes32 result)"]);
const randomHandles = (receipt) =>
  receipt.logs
    .map((log) => executor.parseLog(log))
    .filter((event) => event?.name === "FheRand")
    .map((event) => event.args.result);

/** Rounded digits as the law defines them. */
function digitsOf({ e, planes, t }) {
  return Array.from({ length: planes }, (_, j) => {
    const power = Math.exp(-e * 2 ** j);
    return Math.round((2 ** t * power) / (1 + power));
  });
}

/** The distribution that rounded digits really give: probability by value. */
function distribution(law) {
  const digits = digitsOf(law);
  const chances = new Map();
  for (let g = 0; g < 2 ** law.planes; g++) {
    const chance = digits.reduce((product, digit, j) => product * ((g >> j) & 1 ? digit / 2 ** law.t : 1 - digit / 2 ** law.t), 0.5);
    for (const value of [g, -1 - g]) chances.set(value, (chances.get(value) ?? 0) + chance);
  }
  return chances;
}

/** Noise from known random words, by the definition: the sign first, then each digit's words from its lowest set bit up. */
function noiseFrom(randomWords, law) {
  const words = [...randomWords];
  const sign = words.shift();
  const planes = digitsOf(law).map((digit) => {
    let word = 0n;
    for (let i = Math.log2(digit & -digit); i < law.t; i++) {
      const next = words.shift();
      word = (digit >> i) & 1 ? word | next : word & next;
    }
    return word;
  });
  assert.equal(words.length, 0);
  return Array.from({ length: 256 }, (_, bit) => {
    const at = (word) => Number((word >> BigInt(bit)) & 1n);
    const g = planes.reduce((sum, plane, j) => sum + at(plane) * 2 ** j, 0);
    return at(sign) ? -1 - g : g;
  });
}

async function probeWith(counts, weight) {
  const probe = await ethers.deployContract("LibraryProbe");
  const [sender] = await ethers.getSigners();
  const planes = toPlanes(counts, weight.toString(2).length);
  const parts = fhevm.createEncryptedInput(probe.target, sender.address);
  // One input holds eight words; longer counters are not needed here.
  assert.ok(planes.length <= 8);
  for (const plane of planes) parts.add256(plane);
  const { handles, inputProof } = await parts.encrypt();
  await sent(probe.setPlanes(handles, inputProof));
  return probe;
}

/** Lets the mock draw from a seeded source while `act` runs. */
async function withSeed(seed, act) {
  const random = randomSource(seed);
  const system = ethers.randomBytes._;
  ethers.randomBytes.register((length) => Uint8Array.from({ length }, () => Math.floor(random() * 256)));
  try {
    return await act();
  } finally {
    ethers.randomBytes.register(system);
  }
}

describe("GeometricNoise", () => {
  for (const [name, law] of Object.entries(laws)) {
    describe(`${name} profile`, () => {
      it("has the digits, precision and threshold of its law", async () => {
        const [admin] = await ethers.getSigners();
        const histogram = await ethers.deployContract("TrafficHistogram", [admin.address]);
        const [digits, precisionBits, threshold] = await histogram.noiseProfile(profiles[name]);
        assert.deepEqual(digits.map(Number), digitsOf(law));
        assert.deepEqual([Number(precisionBits), Number(threshold)], [law.t, law.k]);
      });

      it("adds to each counter exactly the value that its random words stand for", async () => {
        const weight = 200;
        const random = randomSource(5);
        const counts = Array.from({ length: 256 }, (_, bit) => (bit === 0 ? weight : bit === 1 ? 0 : Math.floor(random() * (weight + 1))));
        const probe = await probeWith(counts, weight);
        const receipt = await sent(probe.addNoise(profiles[name], weight));
        const words = await reveal(randomHandles(receipt));
        assert.equal(words.length, law.randomWords);
        const noise = noiseFrom(words, law);
        const noised = fromSignedPlanes(await reveal([...(await probe.planes())]));
        assert.deepEqual(
          noised,
          counts.map((count, bit) => count + noise[bit])
        );
      });

      it("follows the law: chi-square over 5,120 draws, mean and deviation", async () => {
        const draws = [];
        await withSeed(1234, async () => {
          const probe = await probeWith(new Array(256).fill(0), 1);
          for (let round = 0; round < 20; round++) {
            const fresh = round === 0 ? probe : await probeWith(new Array(256).fill(0), 1);
            await sent(fresh.addNoise(profiles[name], 1));
            draws.push(...fromSignedPlanes(await reveal([...(await fresh.planes())])));
          }
        });
        const chances = distribution(law);
        assert.ok(
          draws.every((value) => chances.has(value)),
          "a value outside the law"
        );
        const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
        const sd = Math.sqrt(draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws.length);
        assert.ok(Math.abs(mean + 0.5) < (4 * law.sd) / Math.sqrt(draws.length), `mean ${mean}`);
        assert.ok(Math.abs(sd - law.sd) < 0.08 * law.sd, `sd ${sd}`);
        assert.ok(chiSquare(draws, chances) < 1.6, `reduced chi-square ${chiSquare(draws, chances)}`);
      });

      it("has the smallest width that holds every noised count", async () => {
        const probe = await ethers.deployContract("LibraryProbe");
        for (const weight of [1, 2, 3, 15, 16, 20, 63, 64, 128, 192, 193, 1000, 1984, 3968, 4032]) {
          let least = 1;
          while (weight + 2 ** law.planes > 2 ** (least - 1)) least++;
          assert.equal(Number(await probe.width(profiles[name], weight)), least, `weight ${weight}`);
        }
      });
    });
  }

  it("takes 13 planes at capacity in the standard profile and 14 in the careful one", async () => {
    const probe = await ethers.deployContract("LibraryProbe");
    assert.deepEqual([Number(await probe.width(profiles.standard, 4_032)), Number(await probe.width(profiles.careful, 4_032))], [13, 14]);
  });
});

/** Reduced chi-square over the values expected at least ten times. */
function chiSquare(draws, chances) {
  const bins = [...chances].filter(([, chance]) => chance * draws.length >= 10);
  const seen = new Map();
  for (const value of draws) seen.set(value, (seen.get(value) ?? 0) + 1);
  const sum = bins.reduce((total, [value, chance]) => {
    const expected = chance * draws.length;
    return total + ((seen.get(value) ?? 0) - expected) ** 2 / expected;
  }, 0);
  return sum / bins.length;
}
