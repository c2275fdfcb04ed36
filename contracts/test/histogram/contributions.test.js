const assert = require("node:assert/strict");
const { ethers } = require("hardhat");
const { assertReverts, eventsOf, now, sent, travelTo } = require("../helpers/chain");
const { countBits, randomSource, randomWord } = require("../helpers/clear");
const { countersOf } = require("../helpers/counters");
const {
  HOUR,
  contribute,
  createRegion,
  deployHistogram,
  domainOf,
  encryptWords,
  loopCover,
  loopTile,
  refusals: reasons,
  regionParams,
  ticketTypes,
} = require("../helpers/histogram");
const refusals = require("../helpers/refusals");
const { freshWallet, honestItem, tileFacts, words } = refusals;

const ONES = 2n ** 256n - 1n;

describe("TrafficHistogram: contributions", () => {
  let world;
  const seen = new Set(["None"]);
  before(async () => {
    world = await deployHistogram();
  });

  const region = (changes) => createRegion(world, changes);
  const honest = (regionId, changes) => honestItem(world, regionId, changes);
  const status = (regionId, tile) => tileFacts(world, regionId, tile);
  const assertRefused = (item, reason) => {
    seen.add(reason);
    return refusals.assertRefused(world, item, reason);
  };

  it("a vehicle's contribution is counted once in every tile of its cover", async () => {
    const regionId = await region();
    const item = await honest(regionId);
    const { receipt, outcome } = await contribute(world, [item]);
    assert.deepEqual(outcome, [null]);
    const [{ args }] = eventsOf(receipt, world.histogram, "ContributionAccepted");
    assert.deepEqual([...args].map(String), [regionId, 0, item.oneTimeAddress, 0, 0, 1, ""].map(String));
    for (const tile of loopCover)
      assert.deepEqual(await status(regionId, tile), { state: "Collecting", tickets: 1, vehicles: 1, weight: 1 });
    assert.equal(await world.histogram.isSpent(item.oneTimeAddress), true);
  });

  it("a fleet's planes are counted in its one tile, with its vehicles and the levels' weight", async () => {
    const regionId = await region();
    const item = await honest(regionId, { tile: loopTile, words: words(7), vehicles: 100 });
    const { receipt, outcome } = await contribute(world, [item]);
    assert.deepEqual(outcome, [null]);
    const [{ args }] = eventsOf(receipt, world.histogram, "ContributionAccepted");
    assert.deepEqual([args.tile, args.vehicles, args.levels.map(Number)], [loopTile, 100n, [0, 1, 2, 3, 4, 5, 6]]);
    assert.deepEqual(await status(regionId), { state: "Collecting", tickets: 1, vehicles: 100, weight: 127 });
    assert.equal(
      (
        await status(
          regionId,
          loopCover.find((tile) => tile !== loopTile)
        )
      ).tickets,
      0
    );
  });

  it("words of vehicles and fleets, in many batches and covers, add up as in an independent model", async () => {
    const random = randomSource(31);
    const covers = [loopCover.slice(0, 3), loopCover.slice(3)];
    const regionId = await region({ covers });
    const model = new Map(loopCover.map((tile) => [tile, []]));
    for (let batch = 0; batch < 3; batch++) {
      const items = [];
      for (let i = 0; i < 5; i++) {
        const cover = Math.floor(random() * 2);
        const of = covers[cover].map(() => randomWord(random, random()));
        items.push(await honest(regionId, { cover, words: of }));
        covers[cover].forEach((tile, place) => model.get(tile).push({ word: of[place], weight: 1 }));
      }
      const tile = loopCover[Math.floor(random() * 7)];
      const planes = Array.from({ length: 1 + Math.floor(random() * 7) }, () => randomWord(random));
      items.push(await honest(regionId, { tile, words: planes }));
      planes.forEach((word, level) => model.get(tile).push({ word, weight: 2 ** level }));
      assert.ok((await contribute(world, items)).outcome.every((reason) => reason === null));
    }
    for (const tile of loopCover) {
      const releaseId = await world.histogram.releaseIdOf(regionId, tile, 0);
      assert.deepEqual(await countersOf(world.histogram, releaseId), countBits(model.get(tile)));
    }
  });

  it("hostile words move a counter by at most the ticket's bound", async () => {
    const regionId = await region({ covers: [[loopTile]] });
    const items = [
      await honest(regionId, { words: [ONES] }),
      await honest(regionId, { tile: loopTile, words: words(3, ONES), vehicles: 1 }),
    ];
    assert.deepEqual((await contribute(world, items)).outcome, [null, null]);
    const counts = await countersOf(world.histogram, await world.histogram.releaseIdOf(regionId, loopTile, 0));
    assert.ok(counts.every((count) => count === 1 + 7));
  });

  it("a good item goes on whatever stands beside it", async () => {
    const regionId = await region();
    const good = await honest(regionId);
    const bad = await honest(regionId, { ticketIssuer: world.stranger });
    const junk = { ...(await honest(regionId)), signature: "0x", ticketSignature: "0x1234", inputProof: "0x" };
    const garbled = { ...(await honest(regionId)), inputProof: ethers.hexlify(ethers.randomBytes(400)) };
    const { outcome } = await contribute(world, [bad, junk, good, garbled]);
    assert.deepEqual(outcome, ["BadTicket", "BadSignature", null, "InvalidProof"]);
    assert.equal((await status(regionId)).tickets, 1);
  });

  it("a refused item can be sent again and is then counted", async () => {
    const { start } = await regionParams();
    const regionId = await region({ start: start + 300 });
    const item = await honest(regionId);
    assert.deepEqual((await contribute(world, [item])).outcome, ["EpochNotOpen"]);
    await travelTo(start + 300);
    assert.deepEqual((await contribute(world, [item])).outcome, [null]);
  });

  describe("is refused", () => {
    it("in a region that does not exist", async () => {
      await assertRefused(await honest(99_999), "UnknownRegion");
      await assertRefused(await honest(0), "UnknownRegion");
    });

    it("before the epoch begins, at its close, and after it", async () => {
      const start = (await now()) + 200;
      const regionId = await region({ start });
      await assertRefused(await honest(regionId), "EpochNotOpen");
      await assertRefused(await honest(regionId, { epoch: 1 }), "EpochNotOpen");
      await travelTo(start + HOUR + 599 - 10);
      assert.deepEqual((await contribute(world, [await honest(regionId)])).outcome, [null]);
      await travelTo(start + HOUR + 600);
      await assertRefused(await honest(regionId), "EpochNotOpen");
      assert.deepEqual((await contribute(world, [await honest(regionId, { epoch: 1 })])).outcome, [null]);
    });

    it("after a study's end, but not before it, however old the epoch", async () => {
      const start = (await now()) - 100 * HOUR;
      const regionId = await region({ start, studyUntil: start + 101 * HOUR });
      assert.deepEqual((await contribute(world, [await honest(regionId), await honest(regionId, { epoch: 50 })])).outcome, [null, null]);
      await assertRefused(await honest(regionId, { epoch: 101 }), "EpochNotOpen");
      await travelTo(start + 101 * HOUR);
      await assertRefused(await honest(regionId), "EpochNotOpen");
    });

    it("when one tile of the cover is sealed already", async () => {
      const regionId = await region({ start: (await now()) - HOUR });
      await sent(world.histogram.connect(world.curator).seal(regionId, loopCover[6], 0));
      await assertRefused(await honest(regionId), "AlreadySealed");
      await assertRefused(await honest(regionId, { tile: loopCover[6], words: words(1) }), "AlreadySealed");
      assert.deepEqual((await contribute(world, [await honest(regionId, { tile: loopCover[0], words: words(1) })])).outcome, [null]);
    });

    it("for a cover that the region does not have, and a fleet that names one", async () => {
      const regionId = await region();
      await assertRefused(await honest(regionId, { cover: 1 }), "UnknownCover");
      await assertRefused(await honest(regionId, { cover: 1, tile: loopTile, words: words(1) }), "UnknownCover");
    });

    it("for a fleet's tile outside the region", async () => {
      const regionId = await region({ covers: [loopCover.slice(0, 4)] });
      await assertRefused(await honest(regionId, { tile: loopCover[5], words: words(1) }), "TileOutsideRegion");
    });

    it("with too few or too many words", async () => {
      const regionId = await region();
      await assertRefused(await honest(regionId, { words: words(6) }), "WrongWordCount");
      await assertRefused(await honest(regionId, { words: words(8) }), "WrongWordCount");
      await assertRefused(await honest(regionId, { handles: [] }), "WrongWordCount");
      await assertRefused(await honest(regionId, { tile: loopTile, words: words(3), levels: [0, 1] }), "WrongWordCount");
      await assertRefused(
        await honest(regionId, { tile: loopTile, words: words(1), levels: [], handles: [], vehicles: 1, maxLevel: 7 }),
        "WrongWordCount"
      );
      const nine = new Array(9).fill((await encryptWords(world.histogram.target, world.stranger.address, [1n])).handles[0]);
      await assertRefused(
        await honest(regionId, { tile: loopTile, handles: nine, levels: [0, 1, 2, 3, 4, 5, 6, 7, 8], maxLevel: 9 }),
        "WrongWordCount"
      );
    });

    it("with levels that repeat, fall, skip or do not begin at zero, or a vehicle with levels", async () => {
      const regionId = await region();
      for (const levels of [
        [0, 0, 1],
        [0, 2, 1],
        [0, 1, 3],
        [1, 2, 3],
        [7, 7, 7],
      ]) {
        await assertRefused(await honest(regionId, { tile: loopTile, words: words(3), levels, maxLevel: 7 }), "LevelsNotIncreasing");
      }
      await assertRefused(await honest(regionId, { levels: [0, 1, 2, 3, 4, 5, 6] }), "LevelsNotIncreasing");
    });

    it("above the level that the ticket allows", async () => {
      const regionId = await region();
      await assertRefused(await honest(regionId, { tile: loopTile, words: words(3), maxLevel: 1 }), "LevelAboveTicket");
    });

    it("with no vehicle, more than one in a vehicle's, or more than the planes can count in a fleet's", async () => {
      const regionId = await region();
      await assertRefused(await honest(regionId, { vehicles: 0 }), "WrongVehicles");
      await assertRefused(await honest(regionId, { vehicles: 2 }), "WrongVehicles");
      await assertRefused(await honest(regionId, { tile: loopTile, words: words(3), vehicles: 0 }), "WrongVehicles");
      await assertRefused(await honest(regionId, { tile: loopTile, words: words(3), vehicles: 8 }), "WrongVehicles");
    });

    it("with a ticket that has expired", async () => {
      const regionId = await region();
      await assertRefused(await honest(regionId, { ticketExpiry: (await now()) - 1 }), "TicketExpired");
    });

    it("with a ticket that is forged, or for another address, region, epoch, level, number of vehicles or expiry", async () => {
      const regionId = await region();
      await assertRefused(await honest(regionId, { ticketIssuer: world.admin }), "BadTicket");
      const elsewhere = { oneTimeAddress: freshWallet().address, regionId: regionId + 1, epoch: 1, vehicles: 2 };
      for (const [field, value] of Object.entries(elsewhere)) {
        await assertRefused(await honest(regionId, { ticket: { [field]: value } }), "BadTicket");
      }
      const item = await honest(regionId, { tile: loopTile, words: words(2) });
      await assertRefused({ ...item, maxLevel: 7 }, "BadTicket");
      await assertRefused({ ...item, ticketExpiry: item.ticketExpiry + 1 }, "BadTicket");
      await assertRefused({ ...item, ticketSignature: `${item.ticketSignature.slice(0, -2)}00` }, "BadTicket");
    });

    it("with a ticket by a signer whose role was taken away", async () => {
      const regionId = await region();
      const role = await world.histogram.TICKET_SIGNER_ROLE();
      const item = await honest(regionId, { ticketIssuer: world.reader });
      await assertRefused(item, "BadTicket");
      await sent(world.histogram.grantRole(role, world.reader.address));
      await sent(world.histogram.revokeRole(role, world.reader.address));
      await assertRefused(item, "BadTicket");
    });

    it("unless the one-time address itself signed exactly this", async () => {
      const regionId = await region();
      await assertRefused(await honest(regionId, { signer: world.stranger }), "BadSignature");
      const item = await honest(regionId, { tile: loopTile, words: words(2) });
      await assertRefused({ ...item, signature: `0x${"11".repeat(65)}` }, "BadSignature");
      await assertRefused({ ...item, signature: `${item.signature}00` }, "BadSignature");
      await assertRefused({ ...item, oneTimeAddress: ethers.ZeroAddress, signature: `0x${"00".repeat(65)}` }, "BadSignature");
    });

    it("at the second use of a one-time address, in the same batch, in another, and with another input", async () => {
      const regionId = await region();
      const wallet = freshWallet();
      const item = await honest(regionId, { wallet });
      assert.deepEqual((await contribute(world, [item, item])).outcome, [null, "AddressSpent"]);
      await assertRefused(item, "AddressSpent");
      await assertRefused(await honest(regionId, { wallet }), "AddressSpent");
      await assertRefused(await honest(await region(), { wallet }), "AddressSpent");
    });

    it("with an input that was used, whatever part of it", async () => {
      const regionId = await region({ covers: [[loopTile]] });
      const [first, second] = [freshWallet(), freshWallet()];
      const encrypted = await encryptWords(world.histogram.target, first.address, words(8));
      const used = await honest(regionId, { wallet: first, encrypted, handles: encrypted.handles.slice(0, 1) });
      assert.deepEqual((await contribute(world, [used])).outcome, [null]);
      const rest = await honest(regionId, { wallet: second, encrypted, handles: encrypted.handles.slice(3, 4) });
      await assertRefused(rest, "InputSpent");
    });

    it("without a valid proof", async () => {
      const regionId = await region();
      const item = await honest(regionId);
      await assertRefused({ ...item, inputProof: "0x" }, "InvalidProof");
      await assertRefused({ ...item, inputProof: item.inputProof.slice(0, 60) }, "InvalidProof");
      await assertRefused({ ...item, inputProof: (await honest(regionId)).inputProof }, "InvalidProof");
      const flipped = `0x${(BigInt(item.inputProof) ^ (1n << 200n)).toString(16).padStart(item.inputProof.length - 2, "0")}`;
      await assertRefused({ ...item, inputProof: flipped }, "InvalidProof");
    });

    it("with a proof so long that reading it would use up the gas of others", async () => {
      const item = await honest(await region());
      await assertRefused({ ...item, inputProof: `${item.inputProof}${"00".repeat(60_000)}` }, "InvalidProof");
    });

    it("with a handle of another input, or of another type", async () => {
      const regionId = await region();
      const wallet = freshWallet();
      const encrypted = await encryptWords(world.histogram.target, wallet.address, words());
      const foreign = (await encryptWords(world.histogram.target, wallet.address, words(1))).handles[0];
      const bytes = ethers.getBytes(encrypted.handles[6]);
      bytes[30] = 5;
      for (const handle of [foreign, ethers.hexlify(bytes), ethers.ZeroHash]) {
        const handles = [...encrypted.handles.slice(0, 6), handle];
        await assertRefused(await honest(regionId, { wallet, encrypted, handles }), "InvalidProof");
      }
    });

    it("beyond 4,032 vehicles in a tile, counted by the levels' weight", async () => {
      const regionId = await region({ covers: [loopCover] });
      for (let i = 0; i < 15; i++) {
        const item = await honest(regionId, { tile: loopTile, words: words(8), vehicles: 1 });
        assert.deepEqual((await contribute(world, [item])).outcome, [null]);
      }
      assert.equal((await status(regionId)).weight, 3_825);
      await assertRefused(await honest(regionId, { tile: loopTile, words: words(8) }), "CapacityExceeded");
      const rest = [
        await honest(regionId, { tile: loopTile, words: words(7) }),
        await honest(regionId, { tile: loopTile, words: words(6) }),
      ];
      const last = [4, 3, 1, 1].map((length) => honest(regionId, { tile: loopTile, words: words(length) }));
      const { outcome } = await contribute(world, [...rest, ...(await Promise.all(last)), await honest(regionId)]);
      // 3,825 + 127 + 63 + 15 is 4,030: 7 more do not fit, 1 and 1 do, and then the cover's other tiles don't help.
      assert.deepEqual(outcome, [null, null, null, "CapacityExceeded", null, null, "CapacityExceeded"]);
      assert.deepEqual(await status(regionId), { state: "Collecting", tickets: 20, vehicles: 15 + 127 + 63 + 15 + 2, weight: 4_032 });
      await assertRefused(await honest(regionId), "CapacityExceeded");
    });
  });

  it("a batch that is empty, too large or sent while paused reverts as a whole", async () => {
    const { histogram, pauser } = world;
    await assertReverts(histogram.contributeBatch([]), histogram, "EmptyBatch");
    const item = { ...(await honest(0)), handles: [], signature: "0x", inputProof: "0x", ticketSignature: "0x" };
    await assertReverts(histogram.contributeBatch(new Array(129).fill(item)), histogram, "BatchTooLarge", [129, 128]);
    await sent(histogram.contributeBatch(new Array(128).fill(item)));
    await sent(histogram.connect(pauser).pause());
    await assertReverts(histogram.contributeBatch([item]), histogram, "EnforcedPause");
    await sent(histogram.connect(pauser).unpause());
    await sent(histogram.contributeBatch([item]));
  });

  it("the ticket digest is what the ticket signer signs", async () => {
    const ticket = { oneTimeAddress: freshWallet().address, regionId: 1, epoch: 2, maxLevel: 3, vehicles: 4, expiry: 5 };
    const expected = ethers.TypedDataEncoder.hash(await domainOf(world.histogram), ticketTypes, ticket);
    assert.equal(await world.histogram.ticketDigest(ticket), expected);
  });

  it("75 vehicles of a single-tile cover, each with a proof of its own, fit one transaction", async () => {
    const regionId = await region({ covers: [[loopTile]] });
    const items = await Promise.all(Array.from({ length: 75 }, () => honest(regionId, { words: [1n] })));
    const { receipt } = await contribute(world, items);
    assert.equal((await status(regionId)).tickets, 75);
    assert.ok(receipt.gasUsed < 16_777_216n);
  });

  after("every reason to refuse has been met", () => {
    // Import-only regions are the demo's.
    assert.deepEqual([...seen].sort(), reasons.filter((reason) => reason !== "ImportOnly").sort());
  });
});
