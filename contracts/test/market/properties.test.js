// The money of the marketplace under random histories, beside an independent model of who owns what.
const assert = require("node:assert/strict");
const { ethers } = require("hardhat");
const fc = require("fast-check");
const { now, sent, travel } = require("../helpers/chain");
const { roleId } = require("../helpers/histogram");
const { DAY, PRICE, deployMarket, earningsTree, noPermit, quoteFor } = require("../helpers/market");

const HOLDING = 30 * DAY;
const OWNERS = 3;

const command = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ type: fc.constant("buy"), count: fc.integer({ min: 1, max: 5 }), extra: fc.bigInt({ min: 0n, max: 99n }) }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("open"), order: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("refund"), order: fc.nat(9), byRole: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant("travel"), days: fc.integer({ min: 0, max: 40 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("propose"),
      shares: fc.array(fc.nat(100), { minLength: OWNERS, maxLength: OWNERS }),
      over: fc.nat(2),
    }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("claim"), owner: fc.nat(OWNERS - 1) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("withdraw"), part: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("pause") }) }
);

/** Runs a history on a fresh marketplace and keeps books of its own: every order, what each party has put in and taken out. */
class Ledger {
  static async begin(base) {
    const ledger = new Ledger();
    const token = await ethers.deployContract("TestDollar");
    const market = await ethers.deployContract("TrafficDataMarketplace", [base.admin.address, base.histogram.target]);
    const roles = {
      CURATOR_ROLE: base.curator,
      QUOTE_SIGNER_ROLE: base.quoteSigner,
      REFUNDER_ROLE: base.refunder,
      ACCOUNTANT_ROLE: base.accountant,
      PAUSER_ROLE: base.pauser,
    };
    for (const [name, account] of Object.entries(roles)) await sent(market.grantRole(roleId(name), account.address));
    await sent(base.histogram.grantRole(roleId("MARKETPLACE_ROLE"), market.target));
    await sent(market.connect(base.curator).setListing(base.regionId, { ...base.listing, token: token.target }));
    await sent(token.mint(base.buyer.address, 1_000_000n * PRICE));
    await sent(token.connect(base.buyer).approve(market.target, ethers.MaxUint256));
    ledger.world = { ...base, market, token };
    ledger.owners = Array.from({ length: OWNERS }, () => ethers.Wallet.createRandom().address);
    ledger.treasury = ethers.Wallet.createRandom().address;
    ledger.orders = [];
    ledger.supply = await token.totalSupply();
    return ledger;
  }

  /** Attempts a call that the state may refuse; returns whether it went through. */
  async attempt(call) {
    const before = await this.balances();
    try {
      await sent(call());
      return true;
    } catch {
      assert.deepEqual(await this.balances(), before, "a refused call moved money");
      return false;
    }
  }

  async balances() {
    const { token, market, buyer } = this.world;
    return Promise.all([market.target, buyer.address, this.treasury, ...this.owners].map((account) => token.balanceOf(account)));
  }

  async buy({ count, extra }) {
    const releases = this.world.releases.slice(0, count);
    const amount = PRICE * BigInt(count) + extra;
    const { quote, signature } = await quoteFor(this.world, { releases, amount });
    const { market, buyer } = this.world;
    if (!(await this.attempt(() => market.connect(buyer).buy(quote, releases, signature, noPermit)))) return;
    this.orders.push({
      id: quote.orderId,
      releases,
      amount,
      day: Math.floor((await now()) / DAY),
      paidAt: await now(),
      opened: false,
      refunded: false,
    });
  }

  async open({ order }) {
    const target = this.orders[order];
    if (target === undefined) return;
    const { market } = this.world;
    if (await this.attempt(() => market.openOrder(target.id, target.releases, 0, target.releases.length))) {
      assert.equal(target.refunded, false, "a refunded order was opened");
      target.opened = true;
    }
  }

  async refund({ order, byRole }) {
    const target = this.orders[order];
    if (target === undefined) return;
    const { market, refunder, stranger, buyer, token } = this.world;
    const before = await token.balanceOf(buyer.address);
    if (!(await this.attempt(() => market.connect(byRole ? refunder : stranger).refund(target.id)))) return;
    assert.equal(target.refunded, false, "refunded twice");
    if (!byRole) assert.ok(!target.opened && (await now()) >= target.paidAt + DAY, "refunded to anyone too early or after an opening");
    assert.equal((await token.balanceOf(buyer.address)) - before, target.amount, "not the whole payment");
    target.refunded = true;
  }

  async travel({ days }) {
    await travel(days * DAY + 60);
  }

  async propose({ shares, over }) {
    const { market, accountant, token } = this.world;
    const { shares: available } = await market.account(token.target);
    const sum = BigInt(
      Math.max(
        1,
        shares.reduce((a, b) => a + b, 0)
      )
    );
    const entries = this.owners.map((account, i) => ({ account, amount: (available * BigInt(shares[i])) / sum }));
    const tree = earningsTree(this.world, entries);
    const total = available + (over === 0 ? 1n : 0n);
    await this.attempt(() => market.connect(accountant).proposeEarningsRoot(token.target, tree.root, total));
    this.trees = [...(this.trees ?? []), { ...tree, entries }];
  }

  async claim({ owner }) {
    const { market, token } = this.world;
    for (const { entries, proofs } of this.trees ?? []) {
      await this.attempt(() => market.claimEarnings(token.target, entries[owner].account, entries[owner].amount, proofs[owner]));
    }
  }

  async withdraw({ part }) {
    const { market, token } = this.world;
    const { fees } = await market.account(token.target);
    await this.attempt(() => market.withdrawPlatformFees(token.target, this.treasury, fees / BigInt(part)));
  }

  async pause() {
    const { market, pauser } = this.world;
    const paused = await market.paused();
    await sent(paused ? market.connect(pauser).unpause() : market.connect(pauser).pause());
  }

  async check() {
    const { market, token } = this.world;
    await sent(market.mature(token.target));
    const { held, shares, claimed, fees } = await market.account(token.target);
    const [own, , treasury, ...owners] = await this.balances();
    assert.equal(own, held + shares - claimed + fees, "balance is not the sum of the accounts");
    assert.equal(
      (await this.balances()).reduce((a, b) => a + b),
      this.supply,
      "money was made or lost"
    );
    const paid = this.orders.filter(({ refunded }) => !refunded).reduce((sum, { amount }) => sum + amount, 0n);
    assert.equal(own + treasury + owners.reduce((a, b) => a + b), paid, "what is here or was paid out is not what was paid and kept");
    const young = this.orders.filter(({ refunded, day }) => !refunded && (day + 1) * DAY + HOLDING > this.time);
    assert.equal(
      held,
      young.reduce((sum, { amount }) => sum + amount, 0n),
      "the holding is not the young payments"
    );
    assert.equal(
      claimed,
      owners.reduce((a, b) => a + b),
      "claims are not what the owners have"
    );
    assert.ok(claimed <= shares, "owners have claimed more than their share");
    const old = paid - held;
    assert.ok(shares <= old && shares <= (old * 8n) / 10n + BigInt(this.orders.length), "owners' shares exceed four fifths");
  }

  async run(commands) {
    for (const { type, ...args } of commands) {
      await this[type](args);
      this.time = (await now()) + 1;
      await this.check();
    }
  }
}

describe("TrafficDataMarketplace: money under random histories", () => {
  it("every balance is accounted for, nothing is paid or refunded twice, owners and platform get no more than their share", async function () {
    const base = await deployMarket();
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 8, maxLength: 24 }), async (commands) => {
        const ledger = await Ledger.begin(base);
        await ledger.run(commands);
      }),
      { seed: 20_260_821, numRuns: 25, endOnFailure: true }
    );
  });
});
