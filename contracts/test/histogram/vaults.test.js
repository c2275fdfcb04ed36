// Openings: what a release's vault lets a reader do, and for how long.
const assert = require("node:assert/strict");
const { ethers, network } = require("hardhat");
const { assertReverts, eventsOf, now, sent, travel } = require("../helpers/chain");
const { fromSignedPlanes } = require("../helpers/clear");
const { decryptAsReader } = require("../helpers/decrypt");
const { HOUR, deployHistogram, roleId } = require("../helpers/histogram");
const { publishTile } = require("../helpers/releases");

const DAY = 24 * HOUR;
const UNTIL_MIN = 3_600;

describe("open and close", () => {
  let world;
  let histogram;
  let release;
  before(async () => {
    world = await deployHistogram();
    histogram = world.histogram;
    release = await publishTile(world, { tickets: 25 });
  });

  const open = async (reader, expiry, releaseId = release.releaseId) =>
    histogram.connect(world.marketplace).open(releaseId, reader.address, expiry);
  const close = async (reader) => histogram.connect(world.marketplace).close(release.releaseId, reader.address);
  const read = (reader) => decryptAsReader(world, { reader, vault: release.vault, handles: release.planes });

  it("only the marketplace opens and closes", async () => {
    const expiry = (await now()) + DAY;
    for (const signer of [world.admin, world.curator, world.reader, world.stranger]) {
      const refused = [signer.address, roleId("MARKETPLACE_ROLE")];
      const opening = histogram.connect(signer).open(release.releaseId, signer.address, expiry);
      await assertReverts(opening, histogram, "AccessControlUnauthorizedAccount", refused);
      await assertReverts(
        histogram.connect(signer).close(release.releaseId, world.reader.address),
        histogram,
        "AccessControlUnauthorizedAccount",
        refused
      );
    }
  });

  it("two readers see identical values, and a third nothing", async () => {
    const expiry = (await now()) + DAY;
    const receipt = await sent(open(world.reader, expiry));
    assert.deepEqual(
      [...eventsOf(receipt, histogram, "ReleaseOpened")[0].args].map(String),
      [release.releaseId, world.reader.address, expiry].map(String)
    );
    await sent(open(world.batcher, expiry));
    const [first, second] = [await read(world.reader), await read(world.batcher)];
    assert.deepEqual(first, second);
    const values = fromSignedPlanes(first);
    assert.ok(values[0] === 0 || Math.abs(values[0] - 25) <= 16);
    await assert.rejects(read(world.stranger));
  });

  it("does nothing when the reader may read as long already, and prolongs otherwise", async () => {
    const reader = world.ticketSigner;
    const expiry = (await now()) + DAY;
    await sent(open(reader, expiry));
    for (const same of [expiry, expiry - 1]) {
      assert.equal(eventsOf(await sent(open(reader, same)), histogram, "ReleaseOpened").length, 0);
      assert.equal(await histogram.openUntil(release.releaseId, reader.address), BigInt(expiry));
    }
    const before = await histogram.connect(world.marketplace).open.staticCall(release.releaseId, reader.address, expiry + 5);
    assert.equal(before, BigInt(expiry));
    await sent(open(reader, expiry + 5));
    assert.equal(await histogram.openUntil(release.releaseId, reader.address), BigInt(expiry + 5));
  });

  it("an opening lasts at least an hour", async () => {
    await travel(1);
    const block = await ethers.provider.getBlock("latest");
    const tooSoon = block.timestamp + UNTIL_MIN - 1;
    await assertReverts(open(world.pauser, tooSoon), histogram, "ExpiryTooSoon");
    assert.equal(await histogram.openUntil(release.releaseId, world.pauser.address), 0n);
  });

  it("a closed reader can't read any more; closing again does nothing", async () => {
    const reader = world.pauser;
    await sent(open(reader, (await now()) + DAY));
    await read(reader);
    const receipt = await sent(close(reader));
    assert.equal(eventsOf(receipt, histogram, "ReleaseClosed").length, 1);
    assert.equal(await histogram.openUntil(release.releaseId, reader.address), 0n);
    await assert.rejects(read(reader));
    assert.equal(eventsOf(await sent(close(reader)), histogram, "ReleaseClosed").length, 0);
  });

  it("a second change of one reader's access in a block is refused by the access control list", async () => {
    await network.provider.send("evm_setAutomine", [false]);
    try {
      const expiry = (await now()) + DAY;
      const raw = histogram.connect(world.marketplace);
      const calls = [expiry, expiry, expiry + 1].map((until) =>
        raw.open.populateTransaction(release.releaseId, world.curator.address, until)
      );
      const hashes = [];
      for (const call of calls) {
        const { to, data } = await call;
        hashes.push(await network.provider.send("eth_sendTransaction", [{ from: world.marketplace.address, to, data, gas: "0x7a120" }]));
      }
      await network.provider.send("evm_mine");
      const receipts = await Promise.all(hashes.map((hash) => ethers.provider.getTransactionReceipt(hash)));
      // The same expiry again is skipped; another one in the same block is refused.
      assert.deepEqual(
        receipts.map(({ status }) => status),
        [1, 1, 0]
      );
      assert.equal(await histogram.openUntil(release.releaseId, world.curator.address), BigInt(expiry));
    } finally {
      await network.provider.send("evm_setAutomine", [true]);
    }
  });

  it("a reader that is the contract or the vault is refused by the access control list", async () => {
    for (const address of [histogram.target, release.vault]) await assert.rejects(open({ address }, (await now()) + DAY));
  });

  it("a vault obeys the histogram only", async () => {
    const vault = await ethers.getContractAt("ReleaseVault", release.vault);
    assert.equal(await vault.histogram(), histogram.target);
    for (const signer of [world.admin, world.marketplace, world.stranger]) {
      const own = vault.connect(signer);
      await assertReverts(own.open.staticCall(signer.address, (await now()) + DAY), vault, "OnlyHistogram", [signer.address]);
      await assertReverts(own.close.staticCall(world.reader.address), vault, "OnlyHistogram", [signer.address]);
    }
  });

  it("after its expiry an opening reads nothing", async () => {
    const reader = world.admin;
    await sent(open(reader, (await now()) + 2 * UNTIL_MIN));
    await read(reader);
    await travel(2 * UNTIL_MIN + 1);
    await assert.rejects(read(reader));
  });
});
