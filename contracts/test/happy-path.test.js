const assert = require("node:assert/strict");
const { ethers } = require("hardhat");
const { eventsOf, now, sent } = require("./helpers/chain");
const { decryptAsReader } = require("./helpers/decrypt");
const { contribute, contribution, createRegion, HOUR, loopTile, states } = require("./helpers/histogram");
const { fromSignedPlanes } = require("./helpers/clear");
const { buy, deployMarket } = require("./helpers/market");

describe("from words to a reader", () => {
  it("a fleet and a vehicle become a release that a buyer's reader decrypts", async () => {
    const world = await deployMarket();
    const regionId = await createRegion(world, { covers: [[loopTile]], start: (await now()) - HOUR });
    const counted = 3n; // cell 0 of class 0, cell 1 of class 0
    const planes = [counted, 0n, 0n, 0n, 0n, counted, counted]; // 97 vehicles in each of the two
    const items = [
      await contribution(world, { regionId, tile: loopTile, words: planes }),
      await contribution(world, { regionId, words: [1n] }),
    ];
    assert.deepEqual((await contribute(world, items)).outcome, [null, null]);

    await sent(world.histogram.connect(world.curator).seal(regionId, loopTile, 0));
    const receipt = await sent(world.histogram.release(regionId, loopTile, 0));
    const [{ args }] = eventsOf(receipt, world.histogram, "ReleasePublished");
    const status = await world.histogram.tileStatus(regionId, loopTile, 0);
    assert.deepEqual([states[status.state], status.tickets, status.vehicles, status.weight], ["Published", 2n, 128n, 128n]);

    await sent(world.market.connect(world.curator).setListing(regionId, world.listing));
    const orderId = await buy(world, { releases: [args.releaseId] });
    await sent(world.market.openOrder(orderId, [args.releaseId], 0, 1));
    const values = fromSignedPlanes(await decryptAsReader(world, { reader: world.reader, vault: args.vault, handles: [...args.planes] }));
    // The demo law's noise is at most 16 either way.
    assert.ok(Math.abs(values[0] - 98) <= 16 && Math.abs(values[1] - 97) <= 16, `${values[0]}, ${values[1]}`);
    // A cell that nobody visited stays suppressed: noise alone never reaches k = 20.
    assert.ok(values.every((value, bit) => bit % 49 < 2 || value === 0));
    assert.equal(await world.token.balanceOf(world.market.target), 500_000n);
    assert.equal(ethers.getAddress(status.vault), args.vault);
  });
});
