// Replays and moved words: r replays of one word would multiply its privacy loss by r.
const assert = require("node:assert/strict");
const { ethers } = require("hardhat");
const { now, sent } = require("../helpers/chain");
const {
  HOUR,
  contribute,
  contribution,
  createRegion,
  deployHistogram,
  encryptWords,
  loopCover,
  loopTile,
} = require("../helpers/histogram");
const { assertRefused, freshWallet, honestItem, tileFacts, words } = require("../helpers/refusals");

describe("TrafficHistogram: a word is counted once, where its owner put it", () => {
  let world;
  let regionId;
  let item;
  before(async () => {
    world = await deployHistogram();
    regionId = await createRegion(world, {
      start: (await now()) - 3 * HOUR,
      graceSeconds: 100 * HOUR,
      covers: [loopCover.slice(0, 4), loopCover.slice(4)],
    });
    item = await honest(regionId, { words: words(4) });
  });

  const honest = (id, changes) => honestItem(world, id, changes);
  const refused = (changed, reason, id) => assertRefused(world, changed, reason, id);
  const status = (id, tile) => tileFacts(world, id, tile);

  const ticketFor = async (changes) => {
    const { ticketSignature, ticketExpiry, maxLevel } = await honest(changes.regionId ?? regionId, {
      wallet: { address: item.oneTimeAddress, signTypedData: async () => item.signature },
      encrypted: { handles: item.handles, inputProof: item.inputProof },
      ...changes,
    });
    return { ticketSignature, ticketExpiry, maxLevel };
  };

  it("is refused in another epoch, even with a ticket for it", async () => {
    await refused({ ...item, epoch: 1, ...(await ticketFor({ epoch: 1 })) }, "BadSignature", regionId);
  });

  it("is refused in another region, even with a ticket for it", async () => {
    const other = await createRegion(world, { covers: [loopCover.slice(0, 4)] });
    await refused({ ...item, regionId: other, ...(await ticketFor({ regionId: other })) }, "BadSignature", other);
  });

  it("is refused in another cover", async () => {
    await refused({ ...item, cover: 1, handles: item.handles.slice(0, 3) }, "BadSignature");
  });

  it("is refused with its tiles in another order", async () => {
    await refused({ ...item, handles: [...item.handles].reverse() }, "BadSignature");
  });

  it("is refused with one word put into every tile", async () => {
    await refused({ ...item, handles: new Array(4).fill(item.handles[0]) }, "BadSignature");
  });

  it("is refused as a fleet with higher levels, even with a ticket for them", async () => {
    const ticket = await ticketFor({ tile: loopTile, levels: [0, 1, 2, 3], maxLevel: 3, vehicles: 1 });
    await refused({ ...item, tile: loopTile, levels: [0, 1, 2, 3], ...ticket }, "BadSignature");
  });

  it("is refused with more declared vehicles, even with a ticket for them", async () => {
    const fleet = await honest(regionId, { tile: loopCover[0], words: words(3), vehicles: 2 });
    const raised = await honest(regionId, {
      wallet: { address: fleet.oneTimeAddress, signTypedData: async () => fleet.signature },
      encrypted: fleet,
      tile: loopCover[0],
      vehicles: 7,
    });
    await refused(raised, "BadSignature");
  });

  it("is refused when another address with a ticket of its own takes its input", async () => {
    const thief = freshWallet();
    const encrypted = { handles: item.handles, inputProof: item.inputProof };
    await refused(await honest(regionId, { wallet: thief, encrypted }), "InvalidProof");
  });

  it("is refused when encrypted for another contract, for the batcher or for the contract itself", async () => {
    const wallet = freshWallet();
    const twin = await ethers.deployContract("TrafficHistogram", [world.admin.address]);
    const inputs = [
      [twin.target, wallet.address],
      [world.histogram.target, world.batcher.address],
      [world.histogram.target, world.histogram.target],
    ];
    for (const [contract, user] of inputs) {
      const encrypted = await encryptWords(contract, user, words(4));
      await refused(await honest(regionId, { wallet, encrypted }), "InvalidProof");
    }
  });

  it("is refused with a signature or ticket for another contract", async () => {
    const twin = { ...world, histogram: await ethers.deployContract("TrafficHistogram", [world.admin.address]) };
    const wallet = freshWallet();
    const encrypted = await encryptWords(world.histogram.target, wallet.address, words(4));
    const foreign = await contribution(twin, { regionId, wallet, encrypted });
    const own = await honest(regionId, { wallet, encrypted });
    await refused({ ...own, signature: foreign.signature }, "BadSignature");
    await refused({ ...own, ticketSignature: foreign.ticketSignature }, "BadTicket");
  });

  it("counts for its owner when a stranger sends it first, and then no more, whoever sends it again", async () => {
    await sent(world.histogram.connect(world.stranger).contributeBatch([item]));
    assert.equal((await status(regionId, loopCover[0])).tickets, 1);
    for (const batcher of [world.stranger, world.batcher, world.admin]) {
      assert.deepEqual((await contribute({ ...world, batcher }, [item])).outcome, ["AddressSpent"]);
    }
    const again = { ...item, ...(await ticketFor({ ticketExpiry: item.ticketExpiry + 9 })) };
    assert.deepEqual((await contribute(world, [again])).outcome, ["AddressSpent"]);
    assert.equal((await status(regionId, loopCover[0])).tickets, 1);
  });
});
