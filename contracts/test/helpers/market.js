// A marketplace over a histogram with published releases.
const { ethers } = require("hardhat");
const histograms = require("./histogram");
const { now, sent, travel } = require("./chain");

const quoteTypes = {
  Quote: [
    { type: "bytes32", name: "orderId" },
    { type: "address", name: "buyer" },
    { type: "address", name: "reader" },
    { type: "bytes32", name: "releasesHash" },
    { type: "address", name: "token" },
    { type: "uint256", name: "amount" },
    { type: "uint64", name: "deadline" },
  ],
};
const permitTypes = {
  Permit: [
    { type: "address", name: "owner" },
    { type: "address", name: "spender" },
    { type: "uint256", name: "value" },
    { type: "uint256", name: "nonce" },
    { type: "uint256", name: "deadline" },
  ],
};

/** 0.50 tUSD. */
const PRICE = 500_000n;
const DAY = 86_400;
const noPermit = { deadline: 0, v: 0, r: ethers.ZeroHash, s: ethers.ZeroHash };

const hashReleases = (releases) => ethers.solidityPackedKeccak256(["uint256[]"], [releases]);
const randomId = () => ethers.hexlify(ethers.randomBytes(32));

/** Publishes every tile of a one-contribution demo region; returns the releases' ids in ascending order. */
async function publishReleases(world, { tiles = histograms.loopCover, epochs = 1 } = {}) {
  const start = (await now()) - epochs * histograms.HOUR;
  const regionId = await histograms.createRegion(world, { start, covers: [tiles], graceSeconds: 10 * DAY });
  const items = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    items.push(await histograms.contribution(world, { regionId, epoch, words: tiles.map(() => 1n) }));
  }
  for (let i = 0; i < items.length; i += 8) await histograms.contribute(world, items.slice(i, i + 8));
  const releases = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const tile of [...tiles].sort()) {
      await sent(world.histogram.connect(world.curator).seal(regionId, tile, epoch));
      await sent(world.histogram.release(regionId, tile, epoch));
      releases.push(await world.histogram.releaseIdOf(regionId, tile, epoch));
    }
  }
  return { regionId, releases: releases.sort((a, b) => (a < b ? -1 : 1)) };
}

/** Deploys histogram, marketplace and token, publishes and lists releases, and gives the buyers money and an allowance. */
async function deployMarket(options) {
  const world = await histograms.deployHistogram();
  const signers = await ethers.getSigners();
  const [quoteSigner, seller, refunder, accountant, buyer, otherBuyer, otherReader] = signers.slice(8);
  const market = await ethers.deployContract("TrafficDataMarketplace", [world.admin.address, world.histogram.target]);
  const token = await ethers.deployContract("TestDollar");
  const roles = {
    CURATOR_ROLE: world.curator,
    QUOTE_SIGNER_ROLE: quoteSigner,
    SELLER_ROLE: seller,
    REFUNDER_ROLE: refunder,
    PAUSER_ROLE: world.pauser,
    ACCOUNTANT_ROLE: accountant,
  };
  for (const [name, account] of Object.entries(roles)) await sent(market.grantRole(histograms.roleId(name), account.address));
  await sent(world.histogram.grantRole(histograms.roleId("MARKETPLACE_ROLE"), market.target));
  const { regionId, releases } = await publishReleases(world, options);
  const listing = { token: token.target, pricePerRelease: PRICE, priceFiatMinor: 50, largestDiscountBps: 1_000, active: true };
  await sent(market.connect(world.curator).setListing(regionId, listing));
  for (const account of [buyer, otherBuyer]) {
    await sent(token.mint(account.address, 1_000_000n * 10n ** 6n));
    await sent(token.connect(account).approve(market.target, ethers.MaxUint256));
  }
  return {
    ...world,
    market,
    token,
    quoteSigner,
    seller,
    refunder,
    accountant,
    buyer,
    otherBuyer,
    otherReader,
    regionId,
    releases,
    listing,
  };
}

/** A signed quote; whatever is given replaces the honest value before it is signed. */
async function quoteFor(world, { releases = world.releases, signer = world.quoteSigner, ...changes } = {}) {
  const quote = {
    orderId: randomId(),
    buyer: world.buyer.address,
    reader: world.reader.address,
    releasesHash: hashReleases(releases),
    token: world.token.target,
    amount: PRICE * BigInt(releases.length),
    deadline: (await now()) + 600,
    ...changes,
  };
  const domain = await histograms.domainOf(world.market, "TrafficDataMarketplace");
  return { quote, releases, signature: await signer.signTypedData(domain, quoteTypes, quote) };
}

/** Buys by quote; returns the quote's order id. */
async function buy(world, changes = {}) {
  const { quote, releases, signature } = await quoteFor(world, changes);
  const buyer = [world.buyer, world.otherBuyer].find((account) => account.address === quote.buyer);
  await sent(world.market.connect(buyer).buy(quote, releases, signature, noPermit));
  return quote.orderId;
}

/** Merkle tree of two accounts' cumulative earnings, as OpenZeppelin builds leaves. */
function earningsTree(world, entries) {
  const abi = ethers.AbiCoder.defaultAbiCoder();
  const types = ["uint256", "address", "address", "address", "uint256"];
  const leaf = ({ account, amount, token = world.token.target, chainId = 31337, market = world.market.target }) =>
    ethers.keccak256(ethers.keccak256(abi.encode(types, [chainId, market, token, account, amount])));
  const pair = (a, b) => ethers.keccak256(ethers.concat(BigInt(a) < BigInt(b) ? [a, b] : [b, a]));
  let level = entries.map(leaf);
  const places = entries.map((_, i) => i);
  const proofs = entries.map(() => []);
  while (level.length > 1) {
    places.forEach((place, entry) => {
      const sibling = level[place ^ 1];
      if (sibling !== undefined) proofs[entry].push(sibling);
      places[entry] = place >> 1;
    });
    level = Array.from({ length: Math.ceil(level.length / 2) }, (_, i) =>
      level[2 * i + 1] === undefined ? level[2 * i] : pair(level[2 * i], level[2 * i + 1])
    );
  }
  return { root: level[0], proofs };
}

module.exports = {
  DAY,
  PRICE,
  buy,
  deployMarket,
  earningsTree,
  hashReleases,
  noPermit,
  permitTypes,
  publishReleases,
  quoteFor,
  randomId,
  travel,
};
