const assert = require("node:assert/strict");
const { ethers, network } = require("hardhat");
const { assertReverts, eventsOf, mine, sent, travel } = require("../helpers/chain");
const { HOUR } = require("../helpers/histogram");
const { DAY, PRICE, buy, deployMarket, randomId } = require("../helpers/market");

const YEAR = 365 * DAY;

describe("TrafficDataMarketplace: openings", () => {
  let world;
  let market;
  let histogram;
  let token;
  before(async () => {
    world = await deployMarket();
    ({ market, histogram, token } = world);
  });

  const some = (count) => world.releases.slice(0, count);
  const fulfil = (orderId, releases, reader, signer = world.seller) => market.connect(signer).fulfil(orderId, releases, reader.address);
  const openUntil = (release, reader = world.reader) => histogram.openUntil(release, reader.address);
  const freshReader = () => new ethers.Wallet(ethers.hexlify(ethers.randomBytes(32)));
  /** Buys and opens everything for one fresh reader. */
  async function opened(releases = some(2), reader = freshReader()) {
    const orderId = await buy(world, { releases, reader: reader.address });
    await sent(market.openOrder(orderId, releases, 0, releases.length));
    return { orderId, releases, reader };
  }

  describe("openOrder", () => {
    it("anyone opens, slice by slice, for the year after the purchase", async () => {
      const reader = freshReader();
      const orderId = await buy(world, { reader: reader.address });
      const expiry = await market.readableUntil(orderId);
      const receipt = await sent(market.connect(world.stranger).openOrder(orderId, world.releases, 0, 3));
      assert.deepEqual([...eventsOf(receipt, market, "OrderOpened")[0].args].map(String), [orderId, 0, 3, expiry].map(String));
      assert.equal((await market.order(orderId)).openedCount, 3n);
      assert.equal(await openUntil(world.releases[3], reader), 0n);
      await sent(market.openOrder(orderId, world.releases, 3, 4));
      assert.equal((await market.order(orderId)).openedCount, 7n);
      for (const release of world.releases) assert.equal(await openUntil(release, reader), expiry);
    });

    it("opening again changes nothing", async () => {
      const { orderId, releases, reader } = await opened();
      const before = await openUntil(releases[0], reader);
      const receipt = await sent(market.openOrder(orderId, releases, 0, 2));
      assert.equal(eventsOf(receipt, histogram, "ReleaseOpened").length, 0);
      assert.equal(await openUntil(releases[0], reader), before);
      assert.equal((await market.order(orderId)).openedCount, 2n);
    });

    it("reverts for an unknown and for a refunded order", async () => {
      const unknown = randomId();
      await assertReverts(market.openOrder(unknown, some(1), 0, 1), market, "UnknownOrder", [unknown]);
      const orderId = await buy(world, { releases: some(1) });
      await sent(market.connect(world.refunder).refund(orderId));
      await assertReverts(market.openOrder(orderId, some(1), 0, 1), market, "OrderIsRefunded", [orderId]);
    });

    it("reverts for another list than the order's", async () => {
      const orderId = await buy(world, { releases: some(2) });
      for (const list of [some(3), some(1), some(2).reverse(), world.releases.slice(1, 3)]) {
        await assertReverts(market.openOrder(orderId, list, 0, 1), market, "ReleasesMismatch");
      }
    });

    it("reverts for an empty slice, one that reaches too far, and one that leaves a gap", async () => {
      const orderId = await buy(world, { releases: some(3) });
      await assertReverts(market.openOrder(orderId, some(3), 0, 0), market, "SliceOutOfRange", [0, 0, 3]);
      await assertReverts(market.openOrder(orderId, some(3), 0, 4), market, "SliceOutOfRange", [0, 4, 3]);
      await assertReverts(market.openOrder(orderId, some(3), 2 ** 32 - 1, 2 ** 32 - 1), market, "SliceOutOfRange");
      await sent(market.openOrder(orderId, some(3), 0, 1));
      await assertReverts(market.openOrder(orderId, some(3), 2, 1), market, "SliceOutOfOrder", [2, 1]);
    });

    it("reverts until the purchase is as deep as the confirmations ask", async () => {
      await sent(market.setConfirmations(10));
      const orderId = await buy(world, { releases: some(1) });
      const { createdBlock } = await market.order(orderId);
      await assertReverts(market.openOrder(orderId, some(1), 0, 1), market, "NotFinal", [createdBlock + 10n]);
      await mine(8);
      await assertReverts(market.openOrder.staticCall(orderId, some(1), 0, 1, { blockTag: "latest" }), market, "NotFinal");
      await mine(1);
      await sent(market.openOrder(orderId, some(1), 0, 1));
      await sent(market.setConfirmations(0));
    });

    it("reverts when less than an hour of the year is left", async () => {
      const snapshotted = await buy(world, { releases: some(1) });
      await travel(YEAR - HOUR + 10);
      await assertReverts(market.openOrder(snapshotted, some(1), 0, 1), histogram, "ExpiryTooSoon");
    });

    it("reverts while paused", async () => {
      const orderId = await buy(world, { releases: some(1) });
      await sent(market.connect(world.pauser).pause());
      await assertReverts(market.openOrder(orderId, some(1), 0, 1), market, "EnforcedPause");
      await sent(market.connect(world.pauser).unpause());
    });
  });

  describe("addReader", () => {
    it("a later reader is opened to from the first release on", async () => {
      const { orderId, releases, reader } = await opened(some(3));
      const late = freshReader();
      const receipt = await sent(market.connect(world.buyer).addReader(orderId, late.address));
      assert.deepEqual([...eventsOf(receipt, market, "ReaderAdded")[0].args], [orderId, late.address]);
      assert.deepEqual([...(await market.readers(orderId))], [reader.address, late.address]);
      // A slice in the middle is nothing for it yet: it would leave a gap.
      await sent(market.openOrder(orderId, releases, 2, 1));
      assert.equal(await openUntil(releases[2], late), 0n);
      await sent(market.openOrder(orderId, releases, 0, 3));
      assert.notEqual(await openUntil(releases[2], late), 0n);
    });

    it("five readers at most, each once", async () => {
      const orderId = await buy(world, { releases: some(1) });
      const own = market.connect(world.buyer);
      await assertReverts(own.addReader(orderId, world.reader.address), market, "ReaderExists", [world.reader.address]);
      for (let i = 0; i < 4; i++) await sent(own.addReader(orderId, freshReader().address));
      await assertReverts(own.addReader(orderId, freshReader().address), market, "TooManyReaders", [5]);
      await sent(market.openOrder(orderId, some(1), 0, 1));
    });

    it("reverts for anyone but the buyer of a token order, the seller of a card order", async () => {
      const orderId = await buy(world, { releases: some(1) });
      for (const signer of [world.otherBuyer, world.seller, world.admin]) {
        await assertReverts(market.connect(signer).addReader(orderId, signer.address), market, "OnlyBuyer", [world.buyer.address]);
      }
      const card = randomId();
      await sent(fulfil(card, some(1), world.reader));
      await sent(market.connect(world.seller).addReader(card, world.otherReader.address));
      await assertReverts(market.connect(world.buyer).addReader(card, world.buyer.address), market, "AccessControlUnauthorizedAccount");
    });

    it("reverts for unknown and refunded orders, readers that can't be one, and while paused", async () => {
      const own = market.connect(world.buyer);
      await assertReverts(own.addReader(randomId(), world.buyer.address), market, "UnknownOrder");
      const orderId = await buy(world, { releases: some(1) });
      for (const reader of [ethers.ZeroAddress, histogram.target])
        await assertReverts(own.addReader(orderId, reader), market, "InvalidReader", [reader]);
      await sent(market.connect(world.pauser).pause());
      await assertReverts(own.addReader(orderId, world.buyer.address), market, "EnforcedPause");
      await sent(market.connect(world.pauser).unpause());
      await sent(market.connect(world.refunder).refund(orderId));
      await assertReverts(own.addReader(orderId, world.buyer.address), market, "OrderIsRefunded", [orderId]);
    });
  });

  describe("removeReader", () => {
    const remove = (orderId, reader, releases, [from, count] = [0, releases.length], signer = world.buyer) =>
      market.connect(signer).removeReader(orderId, reader.address, releases, from, count);

    it("closes the order's releases to the reader and forgets it with the last slice", async () => {
      const { orderId, releases, reader } = await opened(some(3));
      await sent(remove(orderId, reader, releases, [0, 1]));
      assert.deepEqual([...(await market.readers(orderId))], [reader.address]);
      assert.equal(await openUntil(releases[0], reader), 0n);
      assert.notEqual(await openUntil(releases[1], reader), 0n);
      const receipt = await sent(remove(orderId, reader, releases, [1, 2]));
      assert.deepEqual([...eventsOf(receipt, market, "ReaderRemoved")[0].args], [orderId, reader.address]);
      assert.deepEqual([...(await market.readers(orderId))], []);
      for (const release of releases) assert.equal(await openUntil(release, reader), 0n);
    });

    it("a reader that is leaving is not opened to again", async () => {
      const { orderId, releases, reader } = await opened(some(2));
      await sent(remove(orderId, reader, releases, [0, 1]));
      await assertReverts(market.openOrder(orderId, releases, 0, 2), market, "SliceOutOfOrder", [0, 0]);
      assert.equal(await openUntil(releases[0], reader), 0n);
      await assertReverts(market.connect(world.buyer).addReader(orderId, reader.address), market, "ReaderExists");
    });

    it("closes only what was opened: a reader that was never opened to is forgotten at once", async () => {
      const reader = freshReader();
      const orderId = await buy(world, { releases: some(3), reader: reader.address });
      await sent(remove(orderId, reader, some(3), [0, 1]));
      assert.deepEqual([...(await market.readers(orderId))], []);
    });

    it("leaves the order's other readers alone, and the forgotten one can come back", async () => {
      const { orderId, releases, reader } = await opened(some(2));
      const other = freshReader();
      await sent(market.connect(world.buyer).addReader(orderId, other.address));
      await sent(market.openOrder(orderId, releases, 0, 2));
      await sent(remove(orderId, reader, releases));
      assert.deepEqual([...(await market.readers(orderId))], [other.address]);
      assert.notEqual(await openUntil(releases[0], other), 0n);
      await sent(market.connect(world.buyer).addReader(orderId, reader.address));
      await sent(market.openOrder(orderId, releases, 0, 2));
      assert.notEqual(await openUntil(releases[0], reader), 0n);
    });

    it("repeating a slice or its beginning changes nothing", async () => {
      const { orderId, releases, reader } = await opened(some(3));
      await sent(remove(orderId, reader, releases, [0, 2]));
      await sent(remove(orderId, reader, releases, [0, 1]));
      await sent(remove(orderId, reader, releases, [1, 1]));
      assert.notEqual(await openUntil(releases[2], reader), 0n);
      await sent(remove(orderId, reader, releases));
      assert.deepEqual([...(await market.readers(orderId))], []);
    });

    it("a release that another order holds open to the reader stays open until that one lets go, in either order", async () => {
      for (const firstGoes of [true, false]) {
        const { orderId: first, releases, reader } = await opened(some(2));
        await travel(HOUR);
        const { orderId: second } = await opened(world.releases.slice(1, 3), reader);
        const [early, late] = firstGoes ? [first, second] : [second, first];
        const listOf = (id) => (id === first ? releases : world.releases.slice(1, 3));
        await sent(remove(early, reader, listOf(early)));
        assert.notEqual(await openUntil(world.releases[1], reader), 0n, "the shared release was closed");
        await sent(remove(late, reader, listOf(late)));
        for (const release of some(3)) assert.equal(await openUntil(release, reader), 0n);
      }
    });

    it("a stranger who names somebody's reader in an order can't take its access away", async () => {
      const { releases, reader } = await opened(some(1));
      const until = await openUntil(releases[0], reader);
      await travel(1);
      const orderId = await buy(world, { releases, buyer: world.otherBuyer.address, reader: world.otherBuyer.address });
      await sent(market.connect(world.otherBuyer).addReader(orderId, reader.address));
      await sent(market.openOrder(orderId, releases, 0, 1));
      await sent(market.openOrder(orderId, releases, 0, 1));
      await sent(remove(orderId, reader, releases, [0, 1], world.otherBuyer));
      assert.ok((await openUntil(releases[0], reader)) >= until);
    });

    it("an order whose year is over closes nothing that a later one opened", async () => {
      const { orderId: old, releases, reader } = await opened(some(1));
      await travel(YEAR + 1);
      const { orderId: later } = await opened(some(1), reader);
      await sent(remove(old, reader, releases));
      assert.notEqual(await openUntil(releases[0], reader), 0n);
      await sent(remove(later, reader, releases));
      assert.equal(await openUntil(releases[0], reader), 0n);
    });

    it("an order whose year is over does not keep open what a later one closes", async () => {
      const { releases, reader } = await opened(some(1));
      await travel(YEAR - DAY);
      const { orderId: later } = await opened(some(1), reader);
      await travel(DAY + 1);
      await sent(remove(later, reader, releases));
      assert.equal(await openUntil(releases[0], reader), 0n);
    });

    it("reverts for unknown orders and readers, foreign lists and slices that leave a gap", async () => {
      const { orderId, releases, reader } = await opened(some(3));
      await assertReverts(remove(randomId(), reader, releases), market, "UnknownOrder");
      await assertReverts(remove(orderId, world.stranger, releases), market, "UnknownReader", [world.stranger.address]);
      await assertReverts(remove(orderId, reader, some(2)), market, "ReleasesMismatch");
      await assertReverts(remove(orderId, reader, releases, [1, 1]), market, "SliceOutOfOrder", [1, 0]);
      await assertReverts(remove(orderId, reader, releases, [0, 4]), market, "SliceOutOfRange", [0, 4, 3]);
    });

    it("reverts for anyone but the order's owner; the refunder may once it is refunded", async () => {
      const { orderId, releases, reader } = await opened(some(1));
      for (const signer of [world.otherBuyer, world.seller, world.refunder, world.admin]) {
        await assertReverts(remove(orderId, reader, releases, [0, 1], signer), market, "OnlyBuyer", [world.buyer.address]);
      }
      await sent(market.connect(world.refunder).refund(orderId));
      await assertReverts(remove(orderId, reader, releases, [0, 1], world.seller), market, "OnlyBuyer");
      await sent(remove(orderId, reader, releases, [0, 1], world.refunder));
      assert.equal(await openUntil(releases[0], reader), 0n);
    });

    it("works while paused", async () => {
      const { orderId, releases, reader } = await opened(some(1));
      await sent(market.connect(world.pauser).pause());
      await sent(remove(orderId, reader, releases));
      await sent(market.connect(world.pauser).unpause());
    });
  });

  describe("refund", () => {
    const refundBy = (signer, orderId) => market.connect(signer).refund(orderId);
    const balance = () => token.balanceOf(world.buyer.address);

    it("anyone refunds a token order nothing of which was opened after 24 hours, once", async () => {
      const orderId = await buy(world, { releases: some(2) });
      const before = await balance();
      const { createdAt } = await market.order(orderId);
      await assertReverts(refundBy(world.stranger, orderId), market, "NotRefundable", [orderId]);
      await travel(DAY - 10);
      await assertReverts(refundBy(world.stranger, orderId), market, "NotRefundable", [orderId]);
      await network.provider.send("evm_setNextBlockTimestamp", [Number(createdAt) + DAY]);
      const receipt = await sent(refundBy(world.stranger, orderId));
      const [{ args }] = eventsOf(receipt, market, "OrderRefunded");
      assert.deepEqual([...args], [orderId, world.buyer.address, token.target, 2n * PRICE]);
      assert.equal((await balance()) - before, 2n * PRICE);
      assert.equal((await market.order(orderId)).refunded, true);
      for (const signer of [world.stranger, world.refunder])
        await assertReverts(refundBy(signer, orderId), market, "OrderIsRefunded", [orderId]);
    });

    it("nobody but the refunder refunds an order of which one release was opened, nor after its reader was removed", async () => {
      const { orderId, releases, reader } = await opened(some(2));
      await travel(2 * DAY);
      await assertReverts(refundBy(world.buyer, orderId), market, "NotRefundable", [orderId]);
      await sent(market.connect(world.buyer).removeReader(orderId, reader.address, releases, 0, 2));
      assert.equal((await market.order(orderId)).openedCount, 2n);
      await assertReverts(refundBy(world.buyer, orderId), market, "NotRefundable", [orderId]);
      const before = await balance();
      await sent(refundBy(world.refunder, orderId));
      assert.equal((await balance()) - before, 2n * PRICE);
    });

    it("a card order moves no money; the refunder only stops its openings", async () => {
      const orderId = randomId();
      await sent(fulfil(orderId, some(1), world.reader));
      await travel(2 * DAY);
      await assertReverts(refundBy(world.stranger, orderId), market, "NotRefundable", [orderId]);
      const held = await token.balanceOf(market.target);
      await sent(refundBy(world.refunder, orderId));
      assert.equal(await token.balanceOf(market.target), held);
      await assertReverts(market.openOrder(orderId, some(1), 0, 1), market, "OrderIsRefunded");
    });

    it("reverts for an unknown order", async () => {
      await assertReverts(refundBy(world.refunder, randomId()), market, "UnknownOrder");
    });

    it("works while paused, so that what can't be opened is given back", async () => {
      const orderId = await buy(world, { releases: some(1) });
      await sent(market.connect(world.pauser).pause());
      await travel(DAY);
      await sent(refundBy(world.stranger, orderId));
      await sent(market.connect(world.pauser).unpause());
    });
  });
});
