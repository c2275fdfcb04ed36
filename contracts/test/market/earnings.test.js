const assert = require("node:assert/strict");
const { ethers, network } = require("hardhat");
const { assertReverts, eventsOf, now, sent, travel } = require("../helpers/chain");
const { roleId } = require("../helpers/histogram");
const { DAY, PRICE, buy, deployMarket, earningsTree, hashReleases, noPermit, quoteFor } = require("../helpers/market");

const HOLDING = 30 * DAY;
const SALE = 7n * PRICE;
const FEE = (SALE * 2_000n) / 10_000n;

describe("TrafficDataMarketplace: earnings", () => {
  let world;
  let market;
  let token;
  let histogram;
  before(async () => {
    world = await deployMarket();
    histogram = world.histogram;
  });
  // Each test has a marketplace of its own: balances are compared exactly.
  beforeEach(async () => {
    const fresh = await ethers.deployContract("TrafficDataMarketplace", [world.admin.address, histogram.target]);
    token = await ethers.deployContract("TestDollar");
    const roles = {
      CURATOR_ROLE: world.curator,
      QUOTE_SIGNER_ROLE: world.quoteSigner,
      REFUNDER_ROLE: world.refunder,
      PAUSER_ROLE: world.pauser,
      ACCOUNTANT_ROLE: world.accountant,
      SELLER_ROLE: world.seller,
    };
    for (const [name, account] of Object.entries(roles)) await sent(fresh.grantRole(roleId(name), account.address));
    await sent(histogram.grantRole(roleId("MARKETPLACE_ROLE"), fresh.target));
    await sent(fresh.connect(world.curator).setListing(world.regionId, { ...world.listing, token: token.target }));
    await sent(token.mint(world.buyer.address, 1_000_000n * PRICE));
    await sent(token.connect(world.buyer).approve(fresh.target, ethers.MaxUint256));
    market = fresh;
    world = { ...world, market, token };
  });

  const account = async () => {
    const { held, shares, claimed, fees } = await market.account(token.target);
    return { held, shares, claimed, fees };
  };
  const propose = (tree, total, signer = world.accountant) => market.connect(signer).proposeEarningsRoot(token.target, tree.root, total);
  const claim = (entry, proof) => market.claimEarnings(token.target, entry.account, entry.amount, proof);
  const owner = () => ethers.Wallet.createRandom().address;
  /** A sale that has matured. */
  async function matured() {
    const orderId = await buy(world);
    await travel(HOLDING + DAY);
    return orderId;
  }
  /** A matured sale and an active root over the entries. */
  async function shared(entries, total = entries.reduce((sum, { amount }) => sum + amount, 0n)) {
    const orderId = await matured();
    const tree = earningsTree(world, entries);
    await sent(propose(tree, total));
    await travel(DAY);
    return { ...tree, orderId };
  }

  describe("mature", () => {
    it("a sale is shared out 30 days after its day, a fifth to the platform", async () => {
      await sent(market.mature(token.target));
      await buy(world);
      const { timestamp } = await ethers.provider.getBlock("latest");
      const due = (Math.floor(timestamp / DAY) + 1) * DAY + HOLDING;
      await network.provider.send("evm_setNextBlockTimestamp", [due - 1]);
      await sent(market.mature(token.target));
      assert.deepEqual(await account(), { held: SALE, shares: 0n, claimed: 0n, fees: 0n });
      await network.provider.send("evm_setNextBlockTimestamp", [due]);
      await sent(market.connect(world.stranger).mature(token.target));
      assert.deepEqual(await account(), { held: 0n, shares: SALE - FEE, claimed: 0n, fees: FEE });
      await sent(market.mature(token.target));
      assert.deepEqual(await account(), { held: 0n, shares: SALE - FEE, claimed: 0n, fees: FEE });
    });

    it("sales of different days mature each in its time, and the fee rounds down in the owners' favour", async () => {
      const releases = world.releases.slice(0, 1);
      await buy(world, { releases, amount: PRICE + 1n });
      await travel(3 * DAY);
      await buy(world, { releases, amount: PRICE + 4n });
      await travel(HOLDING - DAY);
      await sent(market.mature(token.target));
      assert.deepEqual(await account(), { held: PRICE + 4n, shares: PRICE + 1n - 100_000n, claimed: 0n, fees: 100_000n });
      await travel(3 * DAY);
      await sent(market.mature(token.target));
      assert.deepEqual(await account(), { held: 0n, shares: 2n * PRICE + 5n - 200_000n, claimed: 0n, fees: 200_000n });
    });

    it("goes on after years without a sale, in bounded steps", async () => {
      await matured();
      await sent(market.mature(token.target));
      await travel(6_000 * DAY);
      await buy(world);
      await travel(1_500 * DAY);
      const receipt = await sent(market.mature(token.target));
      assert.ok(receipt.gasUsed < 300_000n);
      assert.equal((await account()).held, 0n);
    });

    it("a sale that waits behind more than a thousand empty days matures in several calls", async () => {
      await buy(world);
      await travel(1_200 * DAY);
      await buy(world);
      await travel(40 * DAY);
      const receipt = await sent(market.mature(token.target));
      assert.ok(receipt.gasUsed < 5_000_000n);
      assert.deepEqual(await account(), { held: SALE, shares: SALE - FEE, claimed: 0n, fees: FEE });
      await sent(market.mature(token.target));
      assert.deepEqual(await account(), { held: 0n, shares: 2n * (SALE - FEE), claimed: 0n, fees: 2n * FEE });
    });
  });

  describe("proposeEarningsRoot", () => {
    it("reverts when the total exceeds the owners' share of matured sales", async () => {
      await buy(world);
      const tree = earningsTree(world, [{ account: owner(), amount: 1n }]);
      await assertReverts(propose(tree, 1n), market, "RootExceedsShares", [1, 0]);
      await travel(HOLDING + DAY);
      await assertReverts(propose(tree, SALE - FEE + 1n), market, "RootExceedsShares", [SALE - FEE + 1n, SALE - FEE]);
      const receipt = await sent(propose(tree, SALE - FEE));
      const [{ args }] = eventsOf(receipt, market, "EarningsRootProposed");
      assert.deepEqual([...args], [token.target, tree.root, SALE - FEE, BigInt(await now()) + BigInt(DAY)]);
    });

    it("reverts for anyone but the accountant, and while paused", async () => {
      const tree = earningsTree(world, [{ account: owner(), amount: 1n }]);
      for (const signer of [world.admin, world.seller, world.stranger]) {
        await assertReverts(propose(tree, 0n, signer), market, "AccessControlUnauthorizedAccount", [
          signer.address,
          roleId("ACCOUNTANT_ROLE"),
        ]);
      }
      await sent(market.connect(world.pauser).pause());
      await assertReverts(propose(tree, 0n), market, "EnforcedPause");
    });

    it("replaces a proposal that does not count yet, and leaves the active root alone until its own day is over", async () => {
      const [first, wrong, right] = [1n, 3n, 2n].map((amount) => ({ account: owner(), amount }));
      const { proofs, root } = await shared([first]);
      await sent(propose(earningsTree(world, [wrong]), 3n));
      await travel(DAY - 100);
      const corrected = earningsTree(world, [right, first]);
      await sent(propose(corrected, 3n));
      await travel(200);
      await assertReverts(claim(wrong, []), market, "BadProof");
      await sent(claim(first, proofs[0]));
      assert.equal((await market.earningsRoots(token.target)).active.root, root);
      await travel(DAY);
      await sent(claim(right, corrected.proofs[0]));
      const { active, pending } = await market.earningsRoots(token.target);
      assert.deepEqual([active.root, active.total, pending.activeAt], [corrected.root, 3n, 0n]);
    });
  });

  describe("claimEarnings", () => {
    it("pays each owner what is new since the last claim, once, whoever sends it", async () => {
      const [a, b, c] = [SALE / 4n, SALE / 8n, 1n].map((amount) => ({ account: owner(), amount }));
      const { proofs } = await shared([a, b, c]);
      const receipt = await sent(market.connect(world.stranger).claimEarnings(token.target, a.account, a.amount, proofs[0]));
      assert.deepEqual([...eventsOf(receipt, market, "EarningsClaimed")[0].args], [token.target, a.account, a.amount]);
      assert.equal(await token.balanceOf(a.account), a.amount);
      assert.equal(await market.earningsClaimed(token.target, a.account), a.amount);
      await assertReverts(claim(a, proofs[0]), market, "NothingToClaim");
      for (const [i, entry] of [
        [1, b],
        [2, c],
      ])
        await sent(claim(entry, proofs[i]));
      assert.equal((await account()).claimed, a.amount + b.amount + c.amount);
      await matured();
      const more = { ...a, amount: a.amount + 5n };
      const next = earningsTree(world, [more, b]);
      await sent(propose(next, more.amount + b.amount + c.amount));
      await travel(DAY);
      await sent(claim(more, next.proofs[0]));
      assert.equal(await token.balanceOf(a.account), more.amount);
      await assertReverts(claim(b, next.proofs[1]), market, "NothingToClaim");
    });

    it("reverts before the root's 24 hours are over", async () => {
      await matured();
      const entry = { account: owner(), amount: 9n };
      const tree = earningsTree(world, [entry]);
      await sent(propose(tree, 9n));
      await assertReverts(claim(entry, tree.proofs[0]), market, "BadProof");
      await travel(DAY);
      await sent(claim(entry, tree.proofs[0]));
    });

    it("reverts for another account, amount, token, chain or contract than the leaf's, and for an inner node", async () => {
      const [a, b] = [4n, 5n].map((amount) => ({ account: owner(), amount }));
      const foreign = [
        { ...a, chainId: 1 },
        { ...a, market: histogram.target },
        { ...a, token: histogram.target },
      ];
      const { proofs } = await shared([a, b, ...foreign], 20n);
      await assertReverts(claim({ ...a, account: owner() }, proofs[0]), market, "BadProof");
      await assertReverts(claim({ ...a, amount: 5n }, proofs[0]), market, "BadProof");
      await assertReverts(claim(a, proofs[1]), market, "BadProof");
      await assertReverts(claim(a, proofs[0].slice(1)), market, "BadProof");
      for (let i = 0; i < foreign.length; i++) await assertReverts(claim(a, proofs[2 + i]), market, "BadProof");
      await sent(claim(a, proofs[0]));
    });

    it("reverts without any root", async () => {
      await assertReverts(claim({ account: owner(), amount: 1n }, []), market, "BadProof");
    });

    it("never pays more than the root's total, whatever its leaves add up to", async () => {
      const [a, b] = [6n, 5n].map((amount) => ({ account: owner(), amount }));
      const { proofs } = await shared([a, b], 10n);
      await sent(claim(a, proofs[0]));
      await assertReverts(claim(b, proofs[1]), market, "RootExceedsShares", [11, 10]);
    });

    it("reverts while paused", async () => {
      const entry = { account: owner(), amount: 1n };
      const { proofs } = await shared([entry]);
      await sent(market.connect(world.pauser).pause());
      await assertReverts(claim(entry, proofs[0]), market, "EnforcedPause");
    });
  });

  describe("withdrawPlatformFees", () => {
    const withdraw = (amount, signer = world.admin) =>
      market.connect(signer).withdrawPlatformFees(token.target, world.stranger.address, amount);

    it("pays out matured fees and nothing of the owners' or the buyers'", async () => {
      await matured();
      await buy(world);
      await assertReverts(withdraw(FEE + 1n), market, "InsufficientFees", [FEE, FEE + 1n]);
      const before = await token.balanceOf(world.stranger.address);
      const receipt = await sent(withdraw(FEE));
      assert.deepEqual([...eventsOf(receipt, market, "PlatformFeesWithdrawn")[0].args], [token.target, world.stranger.address, FEE]);
      assert.equal((await token.balanceOf(world.stranger.address)) - before, FEE);
      await assertReverts(withdraw(1n), market, "InsufficientFees", [0, 1]);
    });

    it("reverts for anyone but the admin, and while paused", async () => {
      for (const signer of [world.accountant, world.seller, world.refunder]) {
        await assertReverts(withdraw(0n, signer), market, "AccessControlUnauthorizedAccount", [signer.address, ethers.ZeroHash]);
      }
      await sent(market.connect(world.pauser).pause());
      await assertReverts(withdraw(0n), market, "EnforcedPause");
    });
  });

  describe("refund from escrow", () => {
    const refund = (orderId) => market.connect(world.refunder).refund(orderId);

    it("before the sale matures it comes from the holding", async () => {
      const kept = await buy(world);
      const orderId = await buy(world);
      await travel(29 * DAY);
      await sent(refund(orderId));
      assert.deepEqual(await account(), { held: SALE, shares: 0n, claimed: 0n, fees: 0n });
      assert.notEqual(kept, orderId);
    });

    it("after that it comes from shares that no root has assigned, and from the fees", async () => {
      const orderId = await matured();
      await matured();
      await sent(market.mature(token.target));
      await sent(refund(orderId));
      assert.deepEqual(await account(), { held: 0n, shares: SALE - FEE, claimed: 0n, fees: FEE });
    });

    it("what a root, active or waiting, has assigned is not taken: the fees pay the rest, or the refund reverts", async () => {
      const entry = { account: owner(), amount: SALE - FEE - 10n };
      const first = await matured();
      await sent(propose(earningsTree(world, [entry]), entry.amount));
      await assertReverts(refund(first), market, "NotRefundable", [first]);
      await travel(DAY);
      await assertReverts(refund(first), market, "NotRefundable", [first]);
      // Four more sales: their fees cover what the first one's owners got.
      for (let i = 0; i < 4; i++) await buy(world);
      await travel(HOLDING + DAY);
      await sent(propose(earningsTree(world, [{ ...entry, amount: 5n * (SALE - FEE) - 10n }]), 5n * (SALE - FEE) - 10n));
      const before = await account();
      await sent(refund(first));
      const after = await account();
      assert.deepEqual([before.shares - after.shares, before.fees - after.fees], [10n, SALE - 10n]);
    });

    it("what owners claimed is not taken either", async () => {
      const entry = { account: owner(), amount: SALE - FEE };
      const { proofs, orderId } = await shared([entry]);
      await sent(claim(entry, proofs[0]));
      await sent(propose(earningsTree(world, [{ ...entry, amount: 1n }]), 1n));
      await travel(DAY);
      await assertReverts(refund(orderId), market, "NotRefundable", [orderId]);
    });
  });

  it("a payment too large for the books is refused before money moves", async () => {
    const amount = 2n ** 128n;
    await sent(token.mint(world.buyer.address, amount));
    const { quote, releases, signature } = await quoteFor(world, { amount });
    assert.equal(quote.releasesHash, hashReleases(releases));
    await assertReverts(market.connect(world.buyer).buy(quote, releases, signature, noPermit), market, "SafeCastOverflowedUintDowncast");
  });
});
