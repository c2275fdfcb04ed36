const assert = require("node:assert/strict");
const { ethers } = require("hardhat");
const { assertReverts, eventsOf, now, sent, travel } = require("../helpers/chain");
const { publishBySlot } = require("../helpers/counters");
const { domainOf, roleId, slugBytes } = require("../helpers/histogram");
const {
  DAY,
  PRICE,
  buy,
  deployMarket,
  hashReleases,
  noPermit,
  permitTypes,
  publishReleases,
  quoteFor,
  randomId,
} = require("../helpers/market");
const { otherChain } = require("../helpers/other-chain");

const YEAR = 365 * DAY;

describe("TrafficDataMarketplace: sales", () => {
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
      for (const id of [0, 9_999])
        await assertReverts(curated.setListing(id, world.listing), market, "InvalidListing", [slugBytes("regionId")]);
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
      const kept = [
        order.kind,
        order.buyer,
        order.token,
        order.amount,
        order.releasesHash,
        order.createdBlock,
        order.releaseCount,
        order.openedCount,
        order.refunded,
      ];
      assert.deepEqual(
        kept.map(String),
        [1, quote.buyer, quote.token, quote.amount, quote.releasesHash, receipt.blockNumber, releases.length, 0, false].map(String)
      );
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
      const changes = {
        amount: 1n,
        reader: world.stranger.address,
        orderId: randomId(),
        deadline: quote.deadline + 1,
        token: world.stranger.address,
      };
      for (const [field, value] of Object.entries(changes)) {
        const changed = market.connect(world.buyer).buy({ ...quote, [field]: value }, releases, signature, noPermit);
        await assertReverts(changed, market, "BadQuoteSignature");
      }
      await assertReverts(market.connect(world.buyer).buy(quote, releases, "0x12", noPermit), market, "BadQuoteSignature");
    });

    it("reverts for a reader that can't be one", async () => {
      for (const reader of [ethers.ZeroAddress, histogram.target])
        await assertReverts(attemptBuy({ reader }), market, "InvalidReader", [reader]);
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
      for (const releases of [
        [b, a],
        [a, a],
      ])
        await assertReverts(attemptBuy({ releases }), market, "ReleasesNotAscending");
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
      await sent(
        market.connect(world.curator).setListing(regionId, { ...world.listing, pricePerRelease: 333_333, largestDiscountBps: 333 })
      );
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
      await assertReverts(
        attemptBuy({ releases: one, buyer: owner.address }, { buyer: owner, permit: bad }),
        market,
        "InsufficientAllowance",
        [0, PRICE]
      );
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

  describe("settings", () => {
    it("only the admin sets confirmations and cap, only the pauser pauses", async () => {
      const stranger = market.connect(world.stranger);
      for (const attempt of [
        () => stranger.setConfirmations(1),
        () => stranger.setDailyCardCap(1),
        () => stranger.pause(),
        () => stranger.unpause(),
      ]) {
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
