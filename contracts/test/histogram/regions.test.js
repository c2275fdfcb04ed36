const assert = require("node:assert/strict");
const { ethers } = require("hardhat");
const { cellToChildren, getPentagons } = require("h3-js");
const { assertReverts, eventsOf, sent } = require("../helpers/chain");
const {
  HOUR,
  createRegion,
  deployHistogram,
  loopCover,
  loopTile,
  profiles,
  regionParams,
  roleId,
  slugBytes,
} = require("../helpers/histogram");
const { otherChain } = require("../helpers/other-chain");

const standard = { profile: profiles.standard, ticketsMin: 20 };
const invalid = (name) => [ethers.encodeBytes32String(name)];

describe("TrafficHistogram: regions", () => {
  let world;
  before(async () => {
    world = await deployHistogram();
  });

  const attempt = async (changes, signer = world.curator) => world.histogram.connect(signer).createRegion(await regionParams(changes));

  it("a region's parameters are kept and emitted exactly as given", async () => {
    const params = await regionParams({
      ...standard,
      covers: [loopCover.slice(0, 4), loopCover.slice(4)].map((c) => [...c]),
      studyUntil: 0,
    });
    await assertReverts(attempt({ ...params }), world.histogram, "InvalidParameter", invalid("covers"));
    params.covers = [loopCover];
    const receipt = await sent(world.histogram.connect(world.curator).createRegion(params));
    const [{ args }] = eventsOf(receipt, world.histogram, "RegionCreated");
    const plain = (value) => (value?.toObject ? [...value].map(plain) : Array.isArray(value) ? value.map(plain) : String(value));
    const kept = await world.histogram.region(args.regionId);
    const expected = Object.values(params).map(plain);
    assert.deepEqual(plain([...kept]), expected);
    assert.deepEqual(plain([...args.params]), expected);
    assert.equal(await world.histogram.regionIdOf(params.slug), args.regionId);
    assert.equal(await world.histogram.regionCount(), args.regionId);
  });

  it("only the curator creates regions", async () => {
    for (const signer of [world.admin, world.stranger, world.ticketSigner]) {
      await assertReverts(attempt({}, signer), world.histogram, "AccessControlUnauthorizedAccount", [
        signer.address,
        roleId("CURATOR_ROLE"),
      ]);
    }
  });

  it("a slug can be taken once", async () => {
    const slug = slugBytes("loop-pilot");
    await createRegion(world, { slug });
    await assertReverts(attempt({ slug }), world.histogram, "SlugTaken", [slug]);
  });

  for (const [what, slug] of Object.entries({
    empty: ethers.ZeroHash,
    "upper case": slugBytes("Loop"),
    "with a space": slugBytes("loop pilot"),
    "with a gap": slugBytes("loop").slice(0, -2) + "61",
    "not at the left": ethers.zeroPadValue("0x61", 32),
  })) {
    it(`a slug that is ${what} is refused`, async () => {
      await assertReverts(attempt({ slug }), world.histogram, "InvalidParameter", invalid("slug"));
    });
  }

  const YEAR = 366 * 24 * HOUR;
  for (const [name, values] of Object.entries({
    start: [2n ** 40n],
    epochSeconds: [0, YEAR + 1],
    graceSeconds: [YEAR + 1],
    studyUntil: [1, 2n ** 40n],
    tileResolution: [14],
    samplingPpm: [0, 1_000_001],
    visitsMax: [0],
    ticketsMin: [0, 4_033],
    speedEdges: [
      [0, 1, 2, 3],
      [10, 10, 20, 30],
      [10, 20, 15, 30],
      [10, 20, 30, 30],
    ],
    covers: [[], [[]], [[...loopCover, ...loopCover]]],
  })) {
    values.forEach((value) => {
      const shown = JSON.stringify(value, (_, v) => (typeof v === "bigint" ? String(v) : v)).slice(0, 40);
      it(`${name} = ${shown} is refused`, async () => {
        await assertReverts(attempt({ [name]: value }), world.histogram, "InvalidParameter", invalid(name));
      });
    });
  }

  it("a study must end after the start", async () => {
    const { start } = await regionParams();
    await assertReverts(attempt({ start, studyUntil: start }), world.histogram, "InvalidParameter", invalid("studyUntil"));
    await createRegion(world, { start, studyUntil: start + 1 });
  });

  it("standard and careful profiles ask for 20 tickets and covers of at least 4 tiles", async () => {
    for (const profile of [profiles.standard, profiles.careful]) {
      await assertReverts(attempt({ profile, ticketsMin: 19 }), world.histogram, "InvalidParameter", invalid("ticketsMin"));
      const covers = [loopCover.slice(0, 3)];
      await assertReverts(attempt({ profile, ticketsMin: 20, covers }), world.histogram, "InvalidParameter", invalid("covers"));
      await createRegion(world, { profile, ticketsMin: 20, covers: [loopCover.slice(0, 4)] });
    }
  });

  it("the demo profile allows one ticket and covers of one tile", async () => {
    await createRegion(world, { ticketsMin: 1, covers: [[loopTile]] });
  });

  it("the demo profile is refused on other chains", async () => {
    const { chainId, signers, deploy } = await otherChain();
    const histogram = await deploy("TrafficHistogram", [signers[0].address]);
    await sent(histogram.grantRole(roleId("CURATOR_ROLE"), signers[0].address));
    await assertReverts(histogram.createRegion(await regionParams()), histogram, "DemoProfileForbidden", [chainId]);
    await sent(histogram.createRegion(await regionParams(standard)));
  });

  it("pentagons, other resolutions and malformed tiles are refused by name", async () => {
    const pentagon = BigInt(`0x${getPentagons(7)[0]}`);
    const child = BigInt(`0x${cellToChildren(loopTile.toString(16), 8)[0]}`);
    for (const tile of [pentagon, child, 0n, 2n ** 64n - 1n, loopTile ^ 1n]) {
      await assertReverts(attempt({ covers: [[tile]] }), world.histogram, "InvalidTile", [tile]);
    }
  });

  it("a tile stands in one cover, once", async () => {
    await assertReverts(attempt({ covers: [[loopTile, loopTile]] }), world.histogram, "DuplicateTile", [loopTile]);
    await assertReverts(attempt({ covers: [loopCover, [loopCover[6]]] }), world.histogram, "DuplicateTile", [loopCover[6]]);
  });

  it("a failed region leaves nothing behind", async () => {
    const slug = slugBytes("half-written");
    const count = await world.histogram.regionCount();
    await assertReverts(attempt({ slug, covers: [loopCover, [loopCover[0]]] }), world.histogram, "DuplicateTile");
    assert.equal(await world.histogram.regionCount(), count);
    await createRegion(world, { slug });
  });

  it("two regions may hold the same tiles", async () => {
    await createRegion(world);
    await createRegion(world);
  });

  it("an epoch closes after its grace, and in a study not before the study's end", async () => {
    const { start } = await regionParams();
    const plain = await createRegion(world, { start });
    const study = await createRegion(world, { start, studyUntil: start + 5 * HOUR });
    assert.equal(await world.histogram.closesAt(plain, 3), BigInt(start + 4 * HOUR + 600));
    assert.equal(await world.histogram.closesAt(study, 3), BigInt(start + 5 * HOUR));
    assert.equal(await world.histogram.closesAt(study, 4), BigInt(start + 5 * HOUR + 600));
    assert.equal(await world.histogram.closesAt(plain, 2 ** 32 - 1), BigInt(start) + BigInt(HOUR) * 2n ** 32n + 600n);
  });

  it("questions about an unknown region are refused", async () => {
    for (const id of [0, 4_000_000_000]) {
      await assertReverts(world.histogram.region(id), world.histogram, "UnknownRegion", [id]);
      await assertReverts(world.histogram.closesAt(id, 0), world.histogram, "UnknownRegion", [id]);
    }
  });

  it("a region of 400 tiles fits one transaction", async () => {
    const tiles = [...new Set(cellToChildren("832664fffffffff", 7))].slice(0, 400).map((tile) => BigInt(`0x${tile}`));
    const covers = Array.from({ length: 50 }, (_, i) => tiles.slice(8 * i, 8 * i + 8));
    await createRegion(world, { covers });
  });
});
