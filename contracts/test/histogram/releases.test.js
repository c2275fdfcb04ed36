const assert = require("node:assert/strict");
const { ethers, fhevm } = require("hardhat");
const { assertReverts, eventsOf, mine, now, sent, travel, travelTo } = require("../helpers/chain");
const { fromSignedPlanes, randomSource, randomWord, suppress } = require("../helpers/clear");
const { countersOf, noisedHandles } = require("../helpers/counters");
const { reveal } = require("../helpers/decrypt");
const {
  HOUR,
  contribute,
  contribution,
  createRegion,
  deployHistogram,
  loopCover,
  loopTile,
  profiles,
  regionParams,
  roleId,
  states,
} = require("../helpers/histogram");
const { collectTile, publishTile, sealTile } = require("../helpers/releases");
const { otherChain } = require("../helpers/other-chain");

const DAY = 24 * HOUR;

describe("TrafficHistogram: releases", () => {
  let world;
  let histogram;
  before(async () => {
    world = await deployHistogram();
    histogram = world.histogram;
  });

  const collected = (options) => collectTile(world, options);
  const sealed = (options) => sealTile(world, options);
  const published = (options) => publishTile(world, options);
  const evenCells = Array.from({ length: 245 }, (_, bit) => ((bit % 49) % 2 === 0 ? 1n << BigInt(bit) : 0n)).reduce((a, b) => a | b);
  const stateOf = async (regionId) => states[(await histogram.tileStatus(regionId, loopTile, 0)).state];
  const wrongState = (releaseId, expected, actual) => [releaseId, states.indexOf(expected), states.indexOf(actual)];

  describe("seal", () => {
    it("anyone seals after the grace, nobody before", async () => {
      const { regionId } = await collected();
      const closesAt = await histogram.closesAt(regionId, 0);
      await assertReverts(histogram.connect(world.stranger).seal(regionId, loopTile, 0), histogram, "EpochStillOpen", [
        regionId,
        0,
        closesAt,
      ]);
      await travelTo(closesAt);
      const receipt = await sent(histogram.connect(world.stranger).seal(regionId, loopTile, 0));
      const [{ args }] = eventsOf(receipt, histogram, "TileSealed");
      assert.deepEqual([...args].map(String), [regionId, 0, loopTile, 1, 1, 1].map(String));
      assert.equal(await stateOf(regionId), "Sealed");
    });

    it("on chain 31337 the curator seals from the epoch's end on, in a study too, and not before", async () => {
      const { regionId } = await collected({ start: (await now()) - 60, studyUntil: (await now()) + 10 * DAY });
      const end = (await histogram.region(regionId)).start + BigInt(HOUR);
      const early = histogram.connect(world.curator).seal(regionId, loopTile, 0);
      await assertReverts(early, histogram, "EpochStillOpen", [regionId, 0, end]);
      await travelTo(end);
      await assertReverts(histogram.connect(world.admin).seal(regionId, loopTile, 0), histogram, "EpochStillOpen");
      await sent(histogram.connect(world.curator).seal(regionId, loopTile, 0));
      assert.equal(await stateOf(regionId), "Sealed");
    });

    it("on other chains the curator waits for the grace like anybody", async () => {
      const chain = await otherChain();
      const [admin] = chain.signers;
      const other = await chain.deploy("TrafficHistogram", [admin.address]);
      await sent(other.grantRole(roleId("CURATOR_ROLE"), admin.address));
      const start = (await chain.provider.getBlock("latest")).timestamp;
      await sent(other.createRegion(await regionParams({ start, graceSeconds: DAY, profile: profiles.standard, ticketsMin: 20 })));
      await chain.travelTo(start + HOUR);
      await assertReverts(other.seal(1, loopTile, 0), other, "EpochStillOpen", [1, 0, start + HOUR + DAY]);
      await chain.travelTo(start + HOUR + DAY);
      await sent(other.seal(1, loopTile, 0));
      assert.equal(states[(await other.tileStatus(1, loopTile, 0)).state], "Void");
    });

    it("below the region's minimum of tickets the tile is void for ever", async () => {
      const { regionId, releaseId } = await sealed({ tickets: 2, ticketsMin: 3 });
      assert.equal(await stateOf(regionId), "Void");
      for (const act of ["release", "releaseStep"]) {
        await assertReverts(histogram[act](regionId, loopTile, 0), histogram, "WrongState", wrongState(releaseId, "Sealed", "Void"));
      }
      await assertReverts(histogram.connect(world.curator).seal(regionId, loopTile, 0), histogram, "WrongState");
      const opening = histogram.connect(world.marketplace).open(releaseId, world.reader.address, (await now()) + DAY);
      await assertReverts(opening, histogram, "WrongState", wrongState(releaseId, "Published", "Void"));
      assert.deepEqual([...(await histogram.planes(releaseId))], []);
    });

    it("tickets count, not vehicles or words: one fleet of 255 is one ticket", async () => {
      const { regionId } = await collected({ tickets: 0, ticketsMin: 2 });
      await contribute(world, [await contribution(world, { regionId, tile: loopTile, words: new Array(8).fill(1n) })]);
      await sent(histogram.connect(world.curator).seal(regionId, loopTile, 0));
      assert.equal(await stateOf(regionId), "Void");
    });

    it("exactly the minimum is enough", async () => {
      const { regionId } = await sealed({ tickets: 3, ticketsMin: 3 });
      assert.equal(await stateOf(regionId), "Sealed");
    });

    it("a tile that nobody contributed to is void", async () => {
      const { regionId } = await sealed({ tickets: 0 });
      assert.equal(await stateOf(regionId), "Void");
    });

    it("is refused twice, for unknown regions and for foreign tiles", async () => {
      const { regionId, releaseId } = await sealed();
      const again = histogram.connect(world.curator).seal(regionId, loopTile, 0);
      await assertReverts(again, histogram, "WrongState", wrongState(releaseId, "Collecting", "Sealed"));
      await assertReverts(histogram.seal(9_999, loopTile, 0), histogram, "UnknownRegion", [9_999]);
      const foreign = loopCover.find((tile) => tile !== loopTile);
      await assertReverts(histogram.seal(regionId, foreign, 0), histogram, "TileNotInRegion", [regionId, foreign]);
    });
  });

  describe("release", () => {
    it("publishes exactly the noised counts with small cells suppressed", async () => {
      const { regionId, releaseId } = await collected({ tickets: 0 });
      const random = randomSource(41);
      for (let i = 0; i < 3; i++) {
        // Nobody drove in the odd cells.
        const planes = Array.from({ length: 7 }, (_, level) => randomWord(random, level < 4 ? 0.4 : 0.1) & evenCells);
        assert.deepEqual((await contribute(world, [await contribution(world, { regionId, tile: loopTile, words: planes })])).outcome, [
          null,
        ]);
      }
      const counts = await countersOf(histogram, releaseId);
      await sent(histogram.connect(world.curator).seal(regionId, loopTile, 0));
      await sent(histogram.releaseStep(regionId, loopTile, 0));
      const noised = fromSignedPlanes(await reveal(await noisedHandles(histogram, releaseId)));
      assert.ok(
        noised.every((value, bit) => value - counts[bit] >= -16 && value - counts[bit] <= 15),
        "outside the demo law"
      );
      assert.ok(noised.some((value, bit) => value !== counts[bit]));
      await sent(histogram.releaseStep(regionId, loopTile, 0));
      const values = fromSignedPlanes(await reveal([...(await histogram.planes(releaseId))]));
      const expected = suppress(noised, 20);
      assert.deepEqual(values, expected);
      const shown = (parity) => expected.slice(0, 245).some((value, bit) => value !== 0 && (bit % 49) % 2 === parity);
      assert.deepEqual([shown(0), shown(1)], [true, false]);
    });

    it("in one transaction and in two steps ends in the same state", async () => {
      const whole = await published();
      assert.equal(await stateOf(whole.regionId), "Published");
      const steps = await sealed();
      const first = await sent(histogram.connect(world.stranger).releaseStep(steps.regionId, loopTile, 0));
      assert.equal(eventsOf(first, histogram, "TileNoised")[0].args.releaseId, steps.releaseId);
      assert.equal(await stateOf(steps.regionId), "Noised");
      assert.equal(await histogram.publishedBlock(steps.releaseId), 0n);
      assert.deepEqual([...(await histogram.planes(steps.releaseId))], []);
      const second = await sent(histogram.releaseStep(steps.regionId, loopTile, 0));
      assert.equal(await stateOf(steps.regionId), "Published");
      assert.equal(await histogram.publishedBlock(steps.releaseId), BigInt(second.blockNumber));
    });

    it("goes on from noised without drawing noise again", async () => {
      const { regionId } = await sealed();
      await sent(histogram.releaseStep(regionId, loopTile, 0));
      const receipt = await sent(histogram.release(regionId, loopTile, 0));
      assert.equal(eventsOf(receipt, histogram, "TileNoised").length, 0);
      const executor = new ethers.Interface(["event FheRand(address indexed caller, uint8 randType, bytes16 seed, bytes32 result)"]);
      assert.equal(receipt.logs.filter((log) => executor.parseLog(log) !== null).length, 0);
    });

    it("happens once: neither noise nor mask can be made again", async () => {
      const { regionId, releaseId, planes } = await published();
      for (const act of ["release", "releaseStep"]) {
        await assertReverts(histogram[act](regionId, loopTile, 0), histogram, "WrongState", wrongState(releaseId, "Sealed", "Published"));
      }
      assert.deepEqual([...(await histogram.planes(releaseId))], planes);
    });

    it("is refused before the seal and for tiles that are not there", async () => {
      const { regionId, releaseId } = await collected();
      await assertReverts(histogram.release(regionId, loopTile, 0), histogram, "WrongState", wrongState(releaseId, "Sealed", "Collecting"));
      await assertReverts(histogram.release(9_999, loopTile, 0), histogram, "WrongState");
      await assertReverts(histogram.releaseStep(regionId, loopTile, 7), histogram, "WrongState");
    });

    it("tells vault and block, and the vault is a clone of the implementation", async () => {
      const { regionId, vault, receipt } = await published();
      const status = await histogram.tileStatus(regionId, loopTile, 0);
      assert.deepEqual([status.vault, status.publishedBlock], [vault, BigInt(receipt.blockNumber)]);
      const code = await ethers.provider.getCode(vault);
      const implementation = (await histogram.vaultImplementation()).slice(2).toLowerCase();
      assert.equal(code, `0x363d3d373d3d3d363d73${implementation}5af43d82803e903d91602b57fd5bf3`);
    });

    it("of one vehicle is as wide as the smallest width says", async () => {
      // n + 2^4 = 17 <= 2^5: six planes.
      assert.equal((await published()).planes.length, 6);
    });

    it("no two published planes or releases share a handle", async () => {
      const [first, second] = [await published(), await published()];
      const all = [...first.planes, ...second.planes];
      assert.equal(new Set(all).size, all.length);
    });

    it("at capacity in the careful profile fits one transaction", async function () {
      this.timeout(400_000);
      const start = (await now()) - HOUR - 60;
      const covers = [loopCover.slice(0, 4)];
      const regionId = await createRegion(world, { profile: profiles.careful, ticketsMin: 20, start, covers, graceSeconds: DAY });
      const tile = covers[0][0];
      const ones = (length) => new Array(length).fill(2n ** 256n - 1n);
      // Fleets of 255, 127, 63, 15 and two vehicles: every level in use, 20 tickets, weight 4,032.
      const lengths = [...new Array(15).fill(8), 7, 6, 4, 1, 1];
      for (let i = 0; i < lengths.length; i += 3) {
        const items = await Promise.all(lengths.slice(i, i + 3).map((n) => contribution(world, { regionId, tile, words: ones(n) })));
        assert.ok((await contribute(world, items)).outcome.every((reason) => reason === null));
      }
      const status = await histogram.tileStatus(regionId, tile, 0);
      assert.deepEqual([status.weight, status.tickets], [4_032n, 20n]);
      await sent(histogram.connect(world.curator).seal(regionId, tile, 0));
      const receipt = await sent(histogram.release(regionId, tile, 0));
      const { globalHCU, maxHCUDepth } = fhevm.computeTransactionHCU(receipt);
      // The limits are 16,777,216 gas, 20,000,000 HCU and a depth of 5,000,000; the contract's documentation states these figures.
      const within = [receipt.gasUsed, BigInt(globalHCU), BigInt(maxHCUDepth)].map(
        (value, i) => value <= [5_700_000n, 13_000_000n, 3_000_000n][i]
      );
      assert.deepEqual(within, [true, true, true], `${receipt.gasUsed} gas, ${globalHCU} HCU, depth ${maxHCUDepth}`);
      const values = fromSignedPlanes(await reveal([...(await histogram.planes(await histogram.releaseIdOf(regionId, tile, 0)))]));
      assert.ok(values.slice(0, 245).every((value) => value >= 4_032 - 128 && value <= 4_032 + 127));
    });
  });

  describe("pause", () => {
    it("stops seals and releases; closing goes on; only the pauser pauses", async () => {
      const closable = await published();
      const { regionId } = await sealed();
      const open = await collected();
      const marketplace = histogram.connect(world.marketplace);
      await sent(marketplace.open(closable.releaseId, world.reader.address, (await now()) + DAY));
      await assertReverts(histogram.pause(), histogram, "AccessControlUnauthorizedAccount");
      await sent(histogram.connect(world.pauser).pause());
      await assertReverts(histogram.connect(world.curator).seal(open.regionId, loopTile, 0), histogram, "EnforcedPause");
      for (const act of ["release", "releaseStep"]) await assertReverts(histogram[act](regionId, loopTile, 0), histogram, "EnforcedPause");
      await mine(1);
      await sent(marketplace.close(closable.releaseId, world.reader.address));
      await assertReverts(histogram.unpause(), histogram, "AccessControlUnauthorizedAccount");
      await sent(histogram.connect(world.pauser).unpause());
      await sent(histogram.release(regionId, loopTile, 0));
    });
  });

  it("the admin role is handed over in two steps with a delay", async () => {
    const other = await ethers.deployContract("TrafficHistogram", [world.admin.address]);
    await assertReverts(other.grantRole(ethers.ZeroHash, world.stranger.address), other, "AccessControlEnforcedDefaultAdminRules");
    await sent(other.beginDefaultAdminTransfer(world.stranger.address));
    await assertReverts(other.connect(world.stranger).acceptDefaultAdminTransfer(), other, "AccessControlEnforcedDefaultAdminDelay");
    await travel(DAY + 1);
    await sent(other.connect(world.stranger).acceptDefaultAdminTransfer());
    assert.equal(await other.defaultAdmin(), world.stranger.address);
  });
});
