const assert = require("node:assert/strict");
const { ethers } = require("hardhat");
const { cellToChildren, getPentagons, getRes0Cells, isPentagon, isValidCell, latLngToCell } = require("h3-js");
const { randomSource } = require("../helpers/clear");

const toIndex = (cell) => BigInt(`0x${cell}`);

describe("H3Tile", () => {
  let probe;
  before(async () => {
    probe = await ethers.deployContract("LibraryProbe");
  });

  it("accepts hexagons of every resolution up to 13, all over the world", async () => {
    const random = randomSource(17);
    for (let resolution = 0; resolution <= 13; resolution++) {
      for (let i = 0; i < 12; i++) {
        const cell = latLngToCell(random() * 180 - 90, random() * 360 - 180, resolution);
        assert.equal(await probe.isHexagon(toIndex(cell), resolution), !isPentagon(cell), cell);
      }
    }
  });

  it("refuses all pentagons of every resolution and accepts their neighbours' children", async () => {
    for (let resolution = 0; resolution <= 13; resolution++) {
      for (const pentagon of getPentagons(resolution)) assert.equal(await probe.isHexagon(toIndex(pentagon), resolution), false, pentagon);
    }
    for (const cell of cellToChildren(getPentagons(1)[0], 2))
      assert.equal(await probe.isHexagon(toIndex(cell), 2), !isPentagon(cell), cell);
  });

  it("accepts all base cells but the twelve pentagons", async () => {
    for (const cell of getRes0Cells()) assert.equal(await probe.isHexagon(toIndex(cell), 0), !isPentagon(cell), cell);
  });

  it("refuses another resolution", async () => {
    const cell = toIndex("872664ca9ffffff");
    assert.equal(await probe.isHexagon(cell, 7), true);
    for (const resolution of [0, 6, 8, 13]) assert.equal(await probe.isHexagon(cell, resolution), false);
  });

  it("agrees with h3-js on indexes with flipped bits", async () => {
    const random = randomSource(23);
    const bases = ["872664ca9ffffff", toIndex(getPentagons(7)[3]).toString(16), cellToChildren(getPentagons(6)[5], 7)[3]].map(toIndex);
    for (let i = 0; i < 300; i++) {
      let index = bases[i % bases.length];
      for (let flips = 1 + Math.floor(random() * 3); flips > 0; flips--) index ^= 1n << BigInt(Math.floor(random() * 64));
      const cell = index.toString(16);
      // A cell index has 15 digits; h3-js reads longer ones as something else.
      const expected = cell.length === 15 && isValidCell(cell) && !isPentagon(cell) && Number((index >> 52n) & 15n) === 7;
      assert.equal(await probe.isHexagon(index, 7), expected, cell);
    }
  });
});
