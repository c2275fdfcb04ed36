const assert = require("node:assert/strict");
const { ethers } = require("hardhat");
const { assertReverts, eventsOf, mine, now, sent, travelTo } = require("../helpers/chain");
const { decryptAsReader, decryptAsUser } = require("../helpers/decrypt");
const { HOUR, contribute, contribution, createRegion, deployHistogram, encryptWords, loopCover, loopTile, profiles, states } = require("../helpers/histogram");
const { otherChain } = require("../helpers/other-chain");
const { publishTile } = require("../helpers/releases");

const aclAbi = require("@fhevm/host-contracts/artifacts/contracts/ACL.sol/ACL.json").abi;
const ACL = "0x50157CFfD6bBFA2DECe204a89ec419c23ef5755D";
const DAY = 24 * HOUR;
/** 500 vehicles and six digits of noise: 500 + 64 <= 2^(11-1). */
const VEHICLES = 500;
const PLANES = 11;

describe("DemoTrafficHistogram", () => {
  let world;
  let histogram;
  let asCurator;
  before(async () => {
    world = await deployHistogram("DemoTrafficHistogram");
    histogram = world.histogram;
    asCurator = histogram.connect(world.curator);
  });

  /** An import-only region at the standard profile whose epochs 0 and 1 are over. */
  async function importRegion(changes = {}) {
    const start = (await now()) - 2 * HOUR - 60;
    const regionId = await createRegion(world, { profile: profiles.standard, ticketsMin: 20, covers: [loopCover], start, ...changes });
    await sent(asCurator.makeImportOnly(regionId));
    return regionId;
  }

  /** Plane p holds the number p + 1. */
  async function encryptPlanes(count = PLANES, user = world.curator.address, contract = histogram.target) {
    const values = Array.from({ length: count }, (_, plane) => BigInt(plane + 1));
    const inputs = [];
    for (let i = 0; i < count; i += 8) inputs.push(await encryptWords(contract, user, values.slice(i, i + 8)));
    return { handles: inputs.flatMap(({ handles }) => handles), proofs: inputs.map(({ inputProof }) => inputProof) };
  }

  async function importArguments(regionId, { tile = loopTile, epoch = 0, tickets = VEHICLES, vehicles = VEHICLES, planes, ...changes } = {}) {
    const { handles, proofs } = { ...(planes ?? (await encryptPlanes())), ...changes };
    return [regionId, tile, epoch, tickets, vehicles, handles, proofs];
  }

  /** Imports a tile; returns what was imported and the receipt. */
  async function importTile(regionId, changes) {
    const args = await importArguments(regionId, changes);
    const receipt = await sent(asCurator.importRelease(...args));
    return { handles: args[5], receipt, releaseId: await histogram.releaseIdOf(...args.slice(0, 3)) };
  }

  async function assertImportReverts(regionId, changes, error, args) {
    await assertReverts(asCurator.importRelease(...(await importArguments(regionId, changes))), histogram, error, args);
  }

  it("is refused on every chain but 31337", async () => {
    const chain = await otherChain();
    const { interface: abi } = await ethers.getContractFactory("DemoTrafficHistogram");
    await assertReverts(chain.deploy("DemoTrafficHistogram", [chain.signers[0].address]), abi, "LocalChainOnly", [chain.chainId]);
  });

  describe("an imported release", () => {
    it("ends in the state of a real one, with its events, its vault and its planes", async () => {
      const regionId = await importRegion();
      const { handles, receipt, releaseId } = await importTile(regionId);
      const names = receipt.logs.filter(({ address }) => address === histogram.target).map((log) => histogram.interface.parseLog(log).name);
      assert.deepEqual(names, ["TileSealed", "TileNoised", "ReleasePublished"]);
      const [sealed] = eventsOf(receipt, histogram, "TileSealed");
      assert.deepEqual([...sealed.args].map(String), [regionId, 0, loopTile, 1, VEHICLES, VEHICLES].map(String));
      const status = await histogram.tileStatus(regionId, loopTile, 0);
      assert.equal(states[status.state], "Published");
      assert.deepEqual([status.tickets, status.vehicles, status.weight, status.publishedBlock].map(Number), [VEHICLES, VEHICLES, VEHICLES, receipt.blockNumber]);
      assert.deepEqual([...(await histogram.planes(releaseId))], handles);
      const [published] = eventsOf(receipt, histogram, "ReleasePublished");
      assert.deepEqual([published.args.releaseId, published.args.vault, [...published.args.planes]], [releaseId, status.vault, handles]);
      const real = await publishTile(world);
      assert.equal(await ethers.provider.getCode(status.vault), await ethers.provider.getCode(real.vault));
    });

    it("is allowed to the contract and to its vault, and to nobody else", async () => {
      const { handles, receipt } = await importTile(await importRegion());
      const [{ args }] = eventsOf(receipt, histogram, "ReleasePublished");
      const acl = new ethers.Contract(ACL, aclAbi, ethers.provider);
      const allowed = receipt.logs.filter(({ address }) => address === ACL).map((log) => acl.interface.parseLog(log));
      assert.deepEqual(
        allowed.map(({ name, args: { account, handle } }) => [name, account, handle]),
        handles.flatMap((handle) => [
          ["Allowed", histogram.target, handle],
          ["Allowed", args.vault, handle],
        ])
      );
      for (const user of [world.curator, world.admin, world.stranger]) await assert.rejects(decryptAsUser(world, { user, handles: [handles[0]] }));
    });

    it("is opened, read and closed like a real one", async () => {
      const { handles, receipt, releaseId } = await importTile(await importRegion());
      const [{ args }] = eventsOf(receipt, histogram, "ReleasePublished");
      const reading = { reader: world.reader, vault: args.vault, handles };
      await assert.rejects(decryptAsReader(world, reading));
      const marketplace = histogram.connect(world.marketplace);
      await sent(marketplace.open(releaseId, world.reader.address, (await now()) + DAY));
      assert.deepEqual(await decryptAsReader(world, reading), Array.from(handles, (_, plane) => BigInt(plane + 1)));
      await mine(1);
      await sent(marketplace.close(releaseId, world.reader.address));
      await assert.rejects(decryptAsReader(world, reading));
    });

    it("is imported once, and no real release can take its place", async () => {
      const regionId = await importRegion();
      const { releaseId } = await importTile(regionId);
      await assertImportReverts(regionId, {}, "NotImportable", [releaseId]);
      for (const act of ["release", "releaseStep"]) await assertReverts(histogram[act](regionId, loopTile, 0), histogram, "WrongState");
      await assertReverts(asCurator.seal(regionId, loopTile, 0), histogram, "RegionIsImportOnly", [regionId]);
    });

    it("the largest one fits a transaction", async () => {
      const { receipt } = await importTile(await importRegion(), { tickets: 4_032, vehicles: 4_032, planes: await encryptPlanes(13) });
      assert.ok(receipt.gasUsed < 2_500_000n, `${receipt.gasUsed}`);
    });
  });

  describe("importRelease refuses", () => {
    it("everybody but the curator", async () => {
      const regionId = await importRegion();
      for (const account of [world.admin, world.ticketSigner, world.marketplace, world.stranger]) {
        const args = await importArguments(regionId, { planes: await encryptPlanes(PLANES, account.address) });
        await assertReverts(histogram.connect(account).importRelease(...args), histogram, "AccessControlUnauthorizedAccount");
      }
    });

    it("regions that contribute, and tiles that hold contributions already", async () => {
      const start = (await now()) - HOUR - 60;
      const regionId = await createRegion(world, { covers: [[loopTile]], start, graceSeconds: DAY });
      const releaseId = await histogram.releaseIdOf(regionId, loopTile, 0);
      await assertImportReverts(regionId, {}, "NotImportable", [releaseId]);
      assert.deepEqual((await contribute(world, [await contribution(world, { regionId, words: [1n] })])).outcome, [null]);
      await sent(asCurator.makeImportOnly(regionId));
      await assertImportReverts(regionId, {}, "NotImportable", [releaseId]);
    });

    it("other regions' tiles and epochs that are not over", async () => {
      const regionId = await importRegion({ covers: [loopCover.filter((tile) => tile !== loopTile)] });
      await assertImportReverts(regionId, {}, "TileNotInRegion", [regionId, loopTile]);
      const [tile] = loopCover.filter((one) => one !== loopTile);
      const end = (await histogram.region(regionId)).start + BigInt(3 * HOUR);
      const args = await importArguments(regionId, { tile, epoch: 2 });
      await assertReverts(asCurator.importRelease(...args), histogram, "EpochStillOpen", [regionId, 2, end]);
      await travelTo(end);
      await sent(asCurator.importRelease(...args));
    });

    it("numbers that no contributions could have made", async () => {
      const regionId = await importRegion();
      const releaseId = await histogram.releaseIdOf(regionId, loopTile, 0);
      await assertImportReverts(regionId, { tickets: 19 }, "WrongState", [releaseId, states.indexOf("Sealed"), states.indexOf("Void")]);
      await assertImportReverts(regionId, { tickets: 501 }, "InvalidImport", [releaseId]);
      await assertImportReverts(regionId, { vehicles: 4_033, planes: await encryptPlanes(14) }, "InvalidImport", [releaseId]);
      for (const count of [PLANES - 1, PLANES + 1]) await assertImportReverts(regionId, { planes: await encryptPlanes(count) }, "InvalidImport", [releaseId]);
      const { proofs } = await encryptPlanes();
      await assert.rejects(asCurator.importRelease(...(await importArguments(regionId, { proofs: proofs.slice(0, 1) }))));
      assert.equal((await histogram.tileStatus(regionId, loopTile, 0)).tickets, 0n);
    });

    it("words that somebody else encrypted, for another contract, or that were computed here", async () => {
      const regionId = await importRegion();
      const refused = (planes) => assertImportReverts(regionId, { planes }, "InvalidImport");
      await refused(await encryptPlanes(PLANES, world.stranger.address));
      await refused(await encryptPlanes(PLANES, world.curator.address, world.stranger.address));
      const own = await encryptPlanes();
      const { planes } = await publishTile(world);
      await refused({ handles: own.handles.with(3, planes[0]), proofs: own.proofs });
      await refused({ handles: own.handles, proofs: [own.proofs[1], own.proofs[0]] });
      await importTile(regionId, { planes: own });
    });

    it("everything while paused", async () => {
      const regionId = await importRegion();
      await sent(histogram.connect(world.pauser).pause());
      await assertImportReverts(regionId, {}, "EnforcedPause");
      await sent(histogram.connect(world.pauser).unpause());
    });
  });

  describe("an import-only region", () => {
    it("is made by the curator alone, for ever, and only of a region that is there", async () => {
      const regionId = await createRegion(world);
      await assertReverts(histogram.makeImportOnly(regionId), histogram, "AccessControlUnauthorizedAccount");
      await assertReverts(asCurator.makeImportOnly(999), histogram, "UnknownRegion", [999]);
      assert.equal(await histogram.isImportOnly(regionId), false);
      const receipt = await sent(asCurator.makeImportOnly(regionId));
      assert.deepEqual(eventsOf(receipt, histogram, "ImportOnly").map(({ args }) => Number(args.regionId)), [regionId]);
      assert.equal(await histogram.isImportOnly(regionId), true);
    });

    it("takes no contributions, says why, and does not disturb the others of a batch", async () => {
      const closed = await importRegion({ start: await now(), ticketsMin: 20 });
      const open = await createRegion(world, { covers: [loopCover] });
      const words = loopCover.map(() => 1n);
      const items = [await contribution(world, { regionId: closed, words }), await contribution(world, { regionId: open, words })];
      assert.deepEqual((await contribute(world, items)).outcome, ["ImportOnly", null]);
      assert.equal(await histogram.isSpent(items[0].oneTimeAddress), false);
      assert.equal((await histogram.tileStatus(closed, loopTile, 0)).tickets, 0n);
    });

    it("is sealed by nobody: its tiles wait for the import", async () => {
      const regionId = await importRegion();
      for (const account of [world.curator, world.stranger]) {
        await assertReverts(histogram.connect(account).seal(regionId, loopTile, 0), histogram, "RegionIsImportOnly", [regionId]);
      }
    });
  });

  it("its admin stays", async () => {
    const asAdmin = histogram.connect(world.admin);
    const attempts = [
      () => asAdmin.beginDefaultAdminTransfer(world.stranger.address),
      () => asAdmin.cancelDefaultAdminTransfer(),
      () => asAdmin.acceptDefaultAdminTransfer(),
      () => asAdmin.changeDefaultAdminDelay(1),
      () => asAdmin.rollbackDefaultAdminDelay(),
    ];
    for (const attempt of attempts) await assertReverts(attempt(), histogram, "AdminStays");
    assert.equal(await histogram.defaultAdmin(), world.admin.address);
  });

  it("other regions go from contributions to a release as ever", async () => {
    const { planes, receipt } = await publishTile(world);
    assert.ok(planes.length > 0 && eventsOf(receipt, histogram, "ReleasePublished").length === 1);
  });
});
