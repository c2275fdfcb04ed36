// One tile on its way from contributions to a release.
const { eventsOf, now, sent } = require("./chain");
const { HOUR, contribute, contribution, createRegion, loopTile } = require("./histogram");

const DAY = 24 * HOUR;

/** A region of one tile whose epoch 0 is over but in its grace, with `tickets` vehicles of one cell. */
async function collectTile(world, { tickets = 1, ...changes } = {}) {
  const start = (await now()) - HOUR - 60;
  const regionId = await createRegion(world, { covers: [[loopTile]], start, graceSeconds: DAY, ...changes });
  const items = await Promise.all(Array.from({ length: tickets }, () => contribution(world, { regionId, words: [1n] })));
  if (tickets > 0) await contribute(world, items);
  return { regionId, releaseId: await world.histogram.releaseIdOf(regionId, loopTile, 0) };
}

/** The same, sealed by the curator. */
async function sealTile(world, options) {
  const made = await collectTile(world, options);
  await sent(world.histogram.connect(world.curator).seal(made.regionId, loopTile, 0));
  return made;
}

/** The same, published. */
async function publishTile(world, options) {
  const made = await sealTile(world, options);
  const receipt = await sent(world.histogram.release(made.regionId, loopTile, 0));
  const [{ args }] = eventsOf(receipt, world.histogram, "ReleasePublished");
  return { ...made, vault: args.vault, planes: [...args.planes], receipt };
}

module.exports = { collectTile, publishTile, sealTile };
