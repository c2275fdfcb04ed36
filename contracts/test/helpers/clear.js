// Clear models, written independently of the contracts: plain integers instead of planes.
const CELLS = 49;
const CLASSES = 5;
const WORD_BITS = 256;

/** Deterministic random numbers (mulberry32), so that a failing run can be repeated. */
function randomSource(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A word whose bits are set with a probability. */
function randomWord(random, density = 0.5) {
  let word = 0n;
  for (let bit = 0; bit < WORD_BITS; bit++) if (random() < density) word |= 1n << BigInt(bit);
  return word;
}

const bitOf = (word, bit) => Number((word >> BigInt(bit)) & 1n);

/** Sums of words, each with a weight, as 256 integers. */
function countBits(weighted) {
  const counts = new Array(WORD_BITS).fill(0);
  for (const { word, weight } of weighted) for (let bit = 0; bit < WORD_BITS; bit++) counts[bit] += weight * bitOf(word, bit);
  return counts;
}

/** 256 integers from binary planes, lowest first. */
function fromPlanes(planes) {
  return Array.from({ length: WORD_BITS }, (_, bit) => planes.reduce((sum, plane, p) => sum + bitOf(plane, bit) * 2 ** p, 0));
}

/** 256 integers from two's complement planes, the sign plane last. */
function fromSignedPlanes(planes) {
  const sign = planes.length - 1;
  return fromPlanes(planes).map((value) => (value >= 2 ** sign ? value - 2 ** (sign + 1) : value));
}

/** Binary planes of 256 non-negative integers. */
function toPlanes(values, planes) {
  return Array.from({ length: planes }, (_, p) =>
    values.reduce((word, value, bit) => word | (BigInt(Math.floor(value / 2 ** p) % 2) << BigInt(bit)), 0n)
  );
}

/** What suppression must leave of noised counts: cells one of whose five classes reached the threshold; spare bits zero. */
function suppress(noised, threshold) {
  const shown = Array.from({ length: CELLS }, (_, cell) =>
    Array.from({ length: CLASSES }, (_, c) => noised[c * CELLS + cell]).some((count) => count >= threshold)
  );
  return noised.map((count, bit) => (bit < CELLS * CLASSES && shown[bit % CELLS] ? count : 0));
}

module.exports = { CELLS, CLASSES, WORD_BITS, countBits, fromPlanes, fromSignedPlanes, randomSource, randomWord, suppress, toPlanes };
