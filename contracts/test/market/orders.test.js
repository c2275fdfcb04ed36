const assert = require("node:assert/strict");
const { ethers, network } = require("hardhat");
const { assertReverts, eventsOf, mine, now, sent, travel } = require("../helpers/chain");
const { HOUR, domainOf, roleId, slugBytes } = require("../helpers/histogram");
const { DAY, PRICE, buy, deployMarket, hashReleases, noPermit, permitTypes, publishReleases, quoteFor, randomId } = require("../helpers/market");
const { publishBySlot } = require("../helpers/counters");
const { otherChain } = require("../helpers/other-chain");

const YEAR = 365 * DAY;

describe("TrafficDataMarketplace: orders", () => {
  let world;
  let market;
  let histogram;
  let token;
  before(async () => {
    world = await deployMarket();
    ({ market, histogram, token } = world);
  });

  const attemptBuy = async (changes = {}, { buyer = world.buyer, permit = noPermit, releases: given } = {}) => {
    const { quote, releases, signature } = await quoteFor(world, changes);
    return market.connect(buyer).buy(quote, given ?? releases, signature, permit);
  };
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

  describe("setListing", () => {
    it("only the curator sets listings, of existing regions, with a token, a price and a possible discount", async () => {
      const curated = market.connect(world.curator);
      const refused = [world.stranger.address, roleId("CURATOR_ROLE")];
      const foreign = market.connect(world.stranger).setListing(world.regionId, world.listing);
      await assertReverts(foreign, market, "AccessControlUnauthorizedAccount", refused);
      const invalid = { token: world.stranger.address, pricePerRelease: 0, largestDiscountBps: 10_001 };
      for (const [field, value] of Object.entries(invalid)) {
        const bad = curated.setListing(world.regionId, { ...world.listing, [field]: value });
        await assertReverts(bad, market, "InvalidListing", [slugBytes(field)]);
      }
      for (const id of [0, 9_999]) await assertReverts(curated.setListing(id, world.listing), market, "InvalidListing", [slugBytes("regionId")]);
      const receipt = await sent(curated.setListing(world.regionId, world.listing));
      assert.equal(eventsOf(receipt, market, "ListingSet").length, 1);
      assert.deepEqual([...(await market.listing(world.regionId))].map(String), Object.values(world.listing).map(String));
    });
  });

  describe("buy", () => {
    it("takes exactly the quoted amount and records the order", async () => {
      const { quote, releases, signature } = await quoteFor(world);
      const before = [await token.balanceOf(world.buyer.address), await token.balanceOf(market.target)];
      const receipt = await sent(market.connect(world.buyer).buy(quote, releases, signature, noPermit));
      const after = [await token.balanceOf(world.buyer.address), await token.balanceOf(market.target)];
      assert.deepEqual([before[0] - after[0], after[1] - before[1]], [quote.amount, quote.amount]);
      const [{ args }] = eventsOf(receipt, market, "OrderPaid");
      const expected = [quote.orderId, quote.buyer, quote.reader, quote.token, quote.amount, quote.releasesHash, releases.length];
      assert.deepEqual([...args].map(String), expected.map(String));
      const order = await market.order(quote.orderId);
      const kept = [order.kind, order.buyer, order.token, order.amount, order.releasesHash, order.createdBlock, order.releaseCount, order.openedCount, order.refunded];
      assert.deepEqual(kept.map(String), [1, quote.buyer, quote.token, quote.amount, quote.releasesHash, receipt.blockNumber, releases.length, 0, false].map(String));
      assert.deepEqual([...(await market.readers(quote.orderId))], [quote.reader]);
      assert.equal(await market.readableUntil(quote.orderId), order.createdAt + BigInt(YEAR));
    });

    it("reverts for anyone but the quote's buyer", async () => {
      await assertReverts(attemptBuy({}, { buyer: world.otherBuyer }), market, "OnlyBuyer", [world.buyer.address]);
    });

    it("reverts after the quote's deadline", async () => {
      const deadline = (await now()) - 1;
      await assertReverts(attemptBuy({ deadline }), market, "QuoteExpired", [deadline]);
    });

    it("reverts when the quote is not signed by the quote signer, or was changed", async () => {
      await assertReverts(attemptBuy({ signer: world.admin }), market, "BadQuoteSignature");
      const { quote, releases, signature } = await quoteFor(world);
      const changes = { amount: 1n, reader: world.stranger.address, orderId: randomId(), deadline: quote.deadline + 1, token: world.stranger.address };
      for (const [field, value] of Object.entries(changes)) {
        const changed = market.connect(world.buyer).buy({ ...quote, [field]: value }, releases, signature, noPermit);
        await assertReverts(changed, market, "BadQuoteSignature");
      }
      await assertReverts(market.connect(world.buyer).buy(quote, releases, "0x12", noPermit), market, "BadQuoteSignature");
    });

    it("reverts for a reader that can't be one", async () => {
      for (const reader of [ethers.ZeroAddress, histogram.target]) await assertReverts(attemptBuy({ reader }), market, "InvalidReader", [reader]);
    });

    it("reverts when the order exists", async () => {
      const orderId = await buy(world);
      await assertReverts(attemptBuy({ orderId }), market, "OrderExists", [orderId]);
    });

    it("reverts when the releases are not the quoted ones", async () => {
      const other = some(3);
      const expected = [hashReleases(world.releases), hashReleases(other)];
      await assertReverts(attemptBuy({}, { releases: other }), market, "ReleasesMismatch", expected);
      await assertReverts(attemptBuy({}, { releases: [...world.releases].reverse() }), market, "ReleasesMismatch");
    });

    it("reverts for no releases, too many, or ones out of order or twice", async () => {
      await assertReverts(attemptBuy({ releases: [] }), market, "NoReleases");
      const many = Array.from({ length: 2_001 }, (_, i) => BigInt(i + 1));
      await assertReverts(attemptBuy({ releases: many }), market, "TooManyReleases", [2_001, 2_000]);
      const [a, b] = world.releases;
      for (const releases of [[b, a], [a, a]]) await assertReverts(attemptBuy({ releases }), market, "ReleasesNotAscending");
    });

    it("reverts for a release that is not published", async () => {
      const collecting = world.releases[0] + (1n << 64n);
      await assertReverts(attemptBuy({ releases: [collecting] }), market, "NotPublished", [collecting]);
      const alias = world.releases[0] + (1n << 128n);
      await assertReverts(attemptBuy({ releases: [alias] }), market, "NotPublished", [alias]);
    });

    it("reverts for a region that is not listed, or not any more", async () => {
      const { regionId, releases } = await publishReleases(world, { tiles: [world.releases[0] & (2n ** 64n - 1n)] });
      await assertReverts(attemptBuy({ releases }), market, "NotListed", [regionId]);
      await sent(market.connect(world.curator).setListing(regionId, { ...world.listing, active: false }));
      await assertReverts(attemptBuy({ releases }), market, "NotListed", [regionId]);
    });

    it("reverts for a token in which a region is not sold", async () => {
      const other = await ethers.deployContract("TestDollar");
      await assertReverts(attemptBuy({ token: other.target }), market, "WrongToken", [token.target, other.target]);
    });

    it("reverts below the list price less the largest discount, rounded up, over regions with prices of their own", async () => {
      const { regionId, releases } = await publishReleases(world, { tiles: [world.releases[0] & (2n ** 64n - 1n)] });
      await sent(market.connect(world.curator).setListing(regionId, { ...world.listing, pricePerRelease: 333_333, largestDiscountBps: 333 }));
      const both = [...some(2), ...releases];
      const least = (2n * PRICE * 9_000n + 333_333n * 9_667n + 9_999n) / 10_000n;
      await assertReverts(attemptBuy({ releases: both, amount: least - 1n }), market, "AmountBelowPrice", [least - 1n, least]);
      await buy(world, { releases: both, amount: least });
    });

    it("reverts without an allowance", async () => {
      await sent(token.connect(world.otherBuyer).approve(market.target, 1));
      const poor = attemptBuy({ buyer: world.otherBuyer.address }, { buyer: world.otherBuyer });
      await assertReverts(poor, market, "InsufficientAllowance", [1, PRICE * BigInt(world.releases.length)]);
      await sent(token.connect(world.otherBuyer).approve(market.target, ethers.MaxUint256));
    });

    it("uses a permit, and does without it when someone else used it first", async () => {
      const owner = world.otherReader;
      await sent(token.mint(owner.address, 10n * PRICE));
      const sign = async (value) => {
        const deadline = (await now()) + 600;
        const message = { owner: owner.address, spender: market.target, value, nonce: await token.nonces(owner.address), deadline };
        const domain = { ...(await domainOf(token, "Test Dollar")) };
        const { v, r, s } = ethers.Signature.from(await owner.signTypedData(domain, permitTypes, message));
        return { deadline, v, r, s };
      };
      const one = some(1);
      const permit = await sign(PRICE);
      await sent(attemptBuy({ releases: one, buyer: owner.address }, { buyer: owner, permit }));
      const taken = await sign(PRICE);
      await sent(token.connect(world.stranger).permit(owner.address, market.target, PRICE, taken.deadline, taken.v, taken.r, taken.s));
      await sent(attemptBuy({ releases: one, buyer: owner.address }, { buyer: owner, permit: taken }));
      const bad = { ...(await sign(PRICE)), v: 27, r: ethers.ZeroHash };
      await assertReverts(attemptBuy({ releases: one, buyer: owner.address }, { buyer: owner, permit: bad }), market, "InsufficientAllowance", [0, PRICE]);
    });

    it("reverts for a token that keeps a part of the payment", async () => {
      const greedy = await ethers.deployContract("GreedyToken");
      await sent(greedy.mint(world.buyer.address, 10n * PRICE));
      await sent(greedy.connect(world.buyer).approve(market.target, ethers.MaxUint256));
      const { regionId, releases } = await publishReleases(world, { tiles: [world.releases[0] & (2n ** 64n - 1n)] });
      await sent(market.connect(world.curator).setListing(regionId, { ...world.listing, token: greedy.target }));
      await assertReverts(attemptBuy({ releases, token: greedy.target }), market, "WrongAmountReceived", [PRICE - PRICE / 100n, PRICE]);
    });

    it("reverts when the token calls back", async () => {
      const greedy = await ethers.deployContract("GreedyToken");
      await sent(greedy.mint(world.buyer.address, 10n * PRICE));
      await sent(greedy.connect(world.buyer).approve(market.target, ethers.MaxUint256));
      const { regionId, releases } = await publishReleases(world, { tiles: [world.releases[0] & (2n ** 64n - 1n)] });
      await sent(market.connect(world.curator).setListing(regionId, { ...world.listing, token: greedy.target }));
      await sent(greedy.callBack(market.target, market.interface.encodeFunctionData("refund", [randomId()])));
      await assertReverts(attemptBuy({ releases, token: greedy.target }), market, "ReentrancyGuardReentrantCall");
    });

    it("reverts while paused", async () => {
      await sent(market.connect(world.pauser).pause());
      await assertReverts(attemptBuy(), market, "EnforcedPause");
      await sent(market.connect(world.pauser).unpause());
    });

    it("an order of 2,000 releases fits one transaction", async () => {
      const tile = world.releases[0] & (2n ** 64n - 1n);
      const releases = [];
      for (let epoch = 1_000; epoch < 3_000; epoch++) releases.push((BigInt(world.regionId) << 96n) | (BigInt(epoch) << 64n) | tile);
      await publishBySlot(histogram, releases);
      const { quote, signature } = await quoteFor(world, { releases });
      const receipt = await sent(market.connect(world.buyer).buy(quote, releases, signature, noPermit));
      assert.ok(receipt.gasUsed < 16_777_216n, String(receipt.gasUsed));
      await sent(fulfil(randomId(), releases, world.reader));
    });
  });

  describe("fulfil", () => {
    it("records a card order once, whatever is retried", async () => {
      const orderId = randomId();
      const receipt = await sent(fulfil(orderId, some(2), world.reader));
      const [{ args }] = eventsOf(receipt, market, "OrderFulfilledByCard");
      assert.deepEqual([...args], [orderId, world.reader.address, hashReleases(some(2)), 2n]);
      const again = await sent(fulfil(orderId, some(2), world.reader));
      assert.equal(again.logs.length, 0);
      const order = await market.order(orderId);
      assert.deepEqual([order.kind, order.buyer, order.amount, order.releaseCount], [2n, ethers.ZeroAddress, 0n, 2n]);
      await sent(market.openOrder(orderId, some(2), 0, 2));
      assert.notEqual(await openUntil(world.releases[0]), 0n);
    });

    it("stays bound to its content when its readers change", async () => {
      const orderId = randomId();
      await sent(fulfil(orderId, some(1), world.reader));
      await sent(market.connect(world.seller).removeReader(orderId, world.reader.address, some(1), 0, 1));
      assert.equal((await sent(fulfil(orderId, some(1), world.reader))).logs.length, 0);
      assert.deepEqual([...(await market.readers(orderId))], []);
    });

    it("reverts for other content of the same order, and for the id of a token order", async () => {
      const orderId = randomId();
      await sent(fulfil(orderId, some(2), world.reader));
      await assertReverts(fulfil(orderId, some(3), world.reader), market, "OrderConflict", [orderId]);
      await assertReverts(fulfil(orderId, some(2), world.stranger), market, "OrderConflict", [orderId]);
      const paid = await buy(world);
      await assertReverts(fulfil(paid, world.releases, world.reader), market, "OrderConflict", [paid]);
      await assertReverts(attemptBuy({ orderId }), market, "OrderExists", [orderId]);
    });

    it("reverts for anyone but the seller", async () => {
      for (const signer of [world.admin, world.buyer, world.refunder]) {
        const refused = [signer.address, roleId("SELLER_ROLE")];
        await assertReverts(fulfil(randomId(), some(1), world.reader, signer), market, "AccessControlUnauthorizedAccount", refused);
      }
    });

    it("reverts for bad readers and bad lists", async () => {
      await assertReverts(fulfil(randomId(), some(1), { address: ethers.ZeroAddress }), market, "InvalidReader");
      await assertReverts(fulfil(randomId(), [], world.reader), market, "NoReleases");
      await assertReverts(fulfil(randomId(), [1n], world.reader), market, "NotPublished", [1]);
      await assertReverts(fulfil(randomId(), some(2).reverse(), world.reader), market, "ReleasesNotAscending");
    });

    it("reverts for a region that was never listed, but not for one that is not active any more", async () => {
      const { regionId, releases } = await publishReleases(world, { tiles: [world.releases[0] & (2n ** 64n - 1n)] });
      await assertReverts(fulfil(randomId(), releases, world.reader), market, "NotListed", [regionId]);
      await sent(market.connect(world.curator).setListing(regionId, { ...world.listing, active: false }));
      await sent(fulfil(randomId(), releases, world.reader));
    });

    it("reverts beyond the day's cap, which begins anew with the next day", async () => {
      await travel(DAY);
      await sent(market.setDailyCardCap(5));
      await sent(fulfil(randomId(), some(3), world.reader));
      await assertReverts(fulfil(randomId(), some(3), world.reader), market, "DailyCapReached", [5]);
      await sent(fulfil(randomId(), some(2), world.reader));
      await assertReverts(fulfil(randomId(), some(1), world.reader), market, "DailyCapReached", [5]);
      await travel(DAY);
      await sent(fulfil(randomId(), some(5), world.reader));
      await sent(market.setDailyCardCap(10_000));
    });

    it("reverts while paused", async () => {
      await sent(market.connect(world.pauser).pause());
      await assertReverts(fulfil(randomId(), some(1), world.reader), market, "EnforcedPause");
      await sent(market.connect(world.pauser).unpause());
    });
  });

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
      for (const reader of [ethers.ZeroAddress, histogram.target]) await assertReverts(own.addReader(orderId, reader), market, "InvalidReader", [reader]);
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
      for (const signer of [world.stranger, world.refunder]) await assertReverts(refundBy(signer, orderId), market, "OrderIsRefunded", [orderId]);
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

  describe("settings", () => {
    it("only the admin sets confirmations and cap, only the pauser pauses", async () => {
      const stranger = market.connect(world.stranger);
      for (const attempt of [() => stranger.setConfirmations(1), () => stranger.setDailyCardCap(1), () => stranger.pause(), () => stranger.unpause()]) {
        await assertReverts(attempt(), market, "AccessControlUnauthorizedAccount");
      }
    });

    it("confirmations begin at none on chain 31337 and at 95 elsewhere; the test dollar is refused elsewhere", async () => {
      assert.equal(await market.confirmations(), 0n);
      assert.equal(await market.dailyCardCap(), 10_000n);
      const { signers, deploy, chainId } = await otherChain();
      const other = await deploy("TrafficDataMarketplace", [signers[0].address, world.histogram.target]);
      assert.equal(await other.confirmations(), 95n);
      await assertReverts(deploy("TestDollar", []), token, "LocalChainOnly", [chainId]);
    });
  });
});
