const assert = require("node:assert/strict");
const { ethers } = require("hardhat");
const { eventsOf, now, sent, travel } = require("../helpers/chain");
const { decryptAsReader, decryptAsUser } = require("../helpers/decrypt");
const { HOUR, contribute, contribution, createRegion, loopCover, loopTile } = require("../helpers/histogram");
const { buy, deployMarket } = require("../helpers/market");

const executorAbi = require("@fhevm/host-contracts/artifacts/contracts/FHEVMExecutor.sol/FHEVMExecutor.json").abi;
const aclAbi = require("@fhevm/host-contracts/artifacts/contracts/ACL.sol/ACL.json").abi;
/** Addresses of Zama's host contracts on chain 31337. */
const EXECUTOR = "0xe3a9105a3a932253A70F126eb1E3b589C643dD24";
const ACL = "0x50157CFfD6bBFA2DECe204a89ec419c23ef5755D";
const DAY = 24 * HOUR;

/** Handles that any operation of the executor made or verified since a block, by what made them. */
async function handlesSince(block) {
  const abi = new ethers.Interface(executorAbi);
  const logs = await ethers.provider.getLogs({ address: EXECUTOR, fromBlock: block });
  const made = new Map();
  for (const log of logs) {
    const { name, args } = abi.parseLog(log);
    made.set(args.result, name);
  }
  return made;
}

async function aclEventsSince(block, name) {
  const abi = new ethers.Interface(aclAbi);
  const logs = await ethers.provider.getLogs({ address: ACL, fromBlock: block });
  return logs
    .map((log) => abi.parseLog(log))
    .filter((event) => event.name === name)
    .map(({ args }) => args);
}

/** Asks the access control list many questions at once. */
async function persistAllowed(pairs) {
  const acl = new ethers.Contract(ACL, aclAbi, ethers.provider);
  const answers = [];
  for (let i = 0; i < pairs.length; i += 500) {
    const calls = pairs.slice(i, i + 500).map((pair) => acl.interface.encodeFunctionData("persistAllowed", pair));
    answers.push(...(await acl.multicall.staticCall(calls)).map((answer) => BigInt(answer) === 1n));
  }
  return answers;
}

describe("TrafficHistogram: who can read what", () => {
  let world;
  let handles;
  let block;
  let release;
  let accounts;

  before(async () => {
    world = await deployMarket({ tiles: loopCover.slice(0, 1) });
    block = (await ethers.provider.getBlockNumber()) + 1;
    const { histogram, market, curator } = world;
    const start = (await now()) - HOUR - 60;
    const regionId = await createRegion(world, { covers: [loopCover], start, graceSeconds: DAY, ticketsMin: 3 });
    const [second, third] = loopCover.filter((tile) => tile !== loopTile);
    const items = [
      await contribution(world, { regionId, words: loopCover.map(() => 3n) }),
      await contribution(world, { regionId, words: loopCover.map(() => 5n) }),
      await contribution(world, { regionId, tile: loopTile, words: [1n, 1n, 1n, 1n, 1n, 1n] }),
      await contribution(world, { regionId, tile: second, words: [1n] }),
      // Refused, but its words have been verified.
      { ...(await contribution(world, { regionId, tile: second, words: [1n, 2n], levels: [0, 1] })), ticketSignature: "0x" },
    ];
    await contribute(world, items);
    // One tile is published, one stays noised, one is void, the others collect.
    for (const tile of [loopTile, second, third]) await sent(histogram.connect(curator).seal(regionId, tile, 0));
    const receipt = await sent(histogram.release(regionId, loopTile, 0));
    await sent(histogram.releaseStep(regionId, second, 0));
    [release] = eventsOf(receipt, histogram, "ReleasePublished").map(({ args }) => args);
    await sent(market.connect(curator).setListing(regionId, world.listing));
    const orderId = await buy(world, { releases: [release.releaseId] });
    await sent(market.openOrder(orderId, [release.releaseId], 0, 1));
    handles = await handlesSince(block);
    accounts = [
      ...(await ethers.getSigners()).map(({ address }) => address),
      ...items.map(({ oneTimeAddress }) => oneTimeAddress),
      market.target,
      world.token.target,
      await histogram.vaultImplementation(),
      EXECUTOR,
    ];
  });

  it("the run made handles of every kind", () => {
    const kinds = new Set(handles.values());
    for (const kind of ["VerifyInput", "FheBitAnd", "FheBitOr", "FheBitXor", "FheRand", "FheShl", "FheShr", "FheNot"])
      assert.ok(kinds.has(kind), kind);
    assert.ok(handles.size > 200, `${handles.size} handles`);
  });

  it("no handle is allowed to any account: strangers, buyers, readers, admin, one-time addresses, the marketplace", async () => {
    const pairs = [...handles.keys()].flatMap((handle) => accounts.map((account) => [handle, account]));
    assert.deepEqual((await persistAllowed(pairs)).filter(Boolean), []);
  });

  it("only the published planes are allowed to an address beyond the contract: their vault", async () => {
    const beyond = (await aclEventsSince(block, "Allowed")).filter(({ account }) => account !== world.histogram.target);
    assert.deepEqual(beyond.map(({ handle }) => handle).sort(), [...release.planes].sort());
    assert.ok(beyond.every(({ account, caller }) => account === release.vault && caller === world.histogram.target));
    const pairs = [...handles.keys()].map((handle) => [handle, release.vault]);
    const answers = await persistAllowed(pairs);
    const allowed = pairs.filter((_, i) => answers[i]).map(([handle]) => handle);
    assert.deepEqual(allowed.sort(), [...release.planes].sort());
  });

  it("nothing was made publicly decryptable, and only the vault has delegated", async () => {
    assert.deepEqual(await aclEventsSince(block, "AllowedForDecryption"), []);
    const delegated = await aclEventsSince(block, "DelegatedForUserDecryption");
    assert.deepEqual(
      delegated.map(({ delegator, delegate, contractAddress }) => [delegator, delegate, contractAddress]),
      [[release.vault, world.reader.address, world.histogram.target]]
    );
  });

  it("the reader decrypts the published planes, and none of the other handles", async () => {
    await decryptAsReader(world, { reader: world.reader, vault: release.vault, handles: [...release.planes] });
    for (const handle of others()) {
      await assert.rejects(decryptAsReader(world, { reader: world.reader, vault: release.vault, handles: [handle] }), handle);
    }
  });

  it("strangers, buyers and admin decrypt no handle, with or without the vault", async () => {
    const sample = [...release.planes, ...others()];
    for (const user of [world.stranger, world.buyer, world.admin]) {
      for (const handle of sample) {
        await assert.rejects(decryptAsUser(world, { user, handles: [handle] }), handle);
        await assert.rejects(decryptAsReader(world, { reader: user, vault: release.vault, handles: [handle] }), handle);
      }
    }
  });

  it("the reader's access ends with its expiry", async () => {
    await travel(366 * DAY);
    await assert.rejects(decryptAsReader(world, { reader: world.reader, vault: release.vault, handles: [release.planes[0]] }));
  });

  /** A few handles of each kind that are not published: words, sums, noise, masks. */
  function others() {
    const published = new Set(release.planes);
    const byKind = new Map();
    for (const [handle, kind] of handles) {
      if (published.has(handle)) continue;
      byKind.set(kind, [...(byKind.get(kind) ?? []), handle]);
    }
    return [...byKind.values()].flatMap((list) => [list[0], list.at(-1)]);
  }
});
