import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isAppError } from "@/lib/kernel/errors";
import { metresBetween, travel } from "@/lib/geo/model/sphere";
import { seededRandom } from "@/lib/privacy/model/seeded-random";
import { isHidden, MARGIN_METRES, markPlace, OFFSET_METRES, rememberPlace, type ZoneBook } from "@/lib/privacy/model/zones";

const seed = 20_260_410;
const home = { latitude: 41.88, longitude: -87.63 };
const anywhere = fc.record({ latitude: fc.double({ min: -90, max: 90, noNaN: true }), longitude: fc.double({ min: -180, max: 180, noNaN: true }) });

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    return isAppError(error) ? error.code : "not an AppError";
  }
  return undefined;
}

describe("secret discs", () => {
  it("hide everything within 200 m of a trip's end, wherever it is", () => {
    fc.assert(
      fc.property(anywhere, fc.bigInt({ min: 0n, max: 1n << 64n }), fc.double({ min: 0, max: 6.28, noNaN: true }), (place, key, bearing) => {
        const [disc] = rememberPlace([], place, seededRandom(key));
        expect(disc?.radiusMetres).toBe(OFFSET_METRES + MARGIN_METRES);
        expect(metresBetween(place, disc?.centre ?? home)).toBeLessThanOrEqual(OFFSET_METRES + 1e-6);
        expect(isHidden(disc === undefined ? [] : [disc], travel(place, bearing, MARGIN_METRES - 1e-3))).toBe(true);
      }),
      { seed },
    );
  });

  it("have their centre uniformly within 600 m of the place", () => {
    const offsets = Array.from({ length: 4_000 }, (_, index) => rememberPlace([], home, seededRandom(BigInt(index)))[0]?.centre ?? home);
    const distances = offsets.map((centre) => metresBetween(home, centre));
    for (const radius of [150, 300, 450]) {
      const share = distances.filter((metres) => metres <= radius).length / 4_000;
      expect(Math.abs(share - (radius / OFFSET_METRES) ** 2)).toBeLessThan(0.025);
    }
    const [east, north] = [offsets.filter(({ longitude }) => longitude > home.longitude), offsets.filter(({ latitude }) => latitude > home.latitude)];
    expect(Math.abs(east.length / 4_000 - 0.5)).toBeLessThan(0.03);
    expect(Math.abs(north.length / 4_000 - 0.5)).toBeLessThan(0.03);
  });

  it("are drawn once per place: the same end again, or one nearby, adds nothing", () => {
    const random = seededRandom(1n);
    const book = rememberPlace([], home, random);
    expect(rememberPlace(book, home, random)).toBe(book);
    expect(rememberPlace(book, travel(home, 2, 199), random)).toBe(book);
    expect(rememberPlace(book, travel(home, 2, 201), random)).toHaveLength(2);
  });

  it("survive being stored", () => {
    const book = markPlace(rememberPlace([], home, seededRandom(2n)), { ...travel(home, 1, 5_000), metres: 300 }, seededRandom(3n));
    const stored: unknown = JSON.parse(JSON.stringify(book));
    expect(stored).toEqual(book);
  });
});

describe("marked places", () => {
  const disc = (book: ZoneBook): { radiusMetres: number; centre: { latitude: number; longitude: number } } | undefined => book[0];

  it.each([[1, 800], [200, 800], [500, 1_100], [3_000, 3_600]])("of %d m get a disc of %d m", (metres, radius) => {
    expect(disc(markPlace([], { ...home, metres }, seededRandom(4n)))?.radiusMetres).toBe(radius);
  });

  it("hide all of the marked circle, also when the place was known before", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000 }), fc.double({ min: 0, max: 400, noNaN: true }), fc.double({ min: 0, max: 6.28, noNaN: true }), (metres, away, bearing) => {
        const random = seededRandom(BigInt(metres));
        const known = rememberPlace([], home, random);
        const marked = { ...travel(home, bearing, away), metres };
        const book = markPlace(known, marked, random);
        expect(isHidden(book, travel(marked, bearing + 1, Math.max(0, Math.max(MARGIN_METRES, metres) - 1e-3)))).toBe(true);
        expect(isHidden(book, travel(marked, bearing, Math.max(0, Math.max(MARGIN_METRES, metres) - 1e-3)))).toBe(true);
      }),
      { seed },
    );
  });

  it("near a known place need a disc as much larger as they are away from it", () => {
    const random = seededRandom(7n);
    const book = markPlace(rememberPlace([], home, random), { ...travel(home, 1, 150), metres: 500 }, random);
    expect(book).toHaveLength(1);
    expect(disc(book)?.radiusMetres).toBeCloseTo(600 + 500 + 150, 6);
  });

  it("keep the centre of the disc that is there: a second disc would give the place away", () => {
    const random = seededRandom(5n);
    const known = rememberPlace([], home, random);
    const grown = markPlace(known, { ...home, metres: 1_000 }, random);
    expect(grown).toHaveLength(1);
    expect(disc(grown)?.centre).toEqual(disc(known)?.centre);
    expect(disc(grown)?.radiusMetres).toBe(1_600);
    expect(markPlace(grown, { ...home, metres: 1_000 }, random)).toBe(grown);
    expect(markPlace(grown, { ...home, metres: 300 }, random)).toBe(grown);
  });

  it.each([
    ["a latitude beyond the pole", { latitude: 91, longitude: 0, metres: 300 }],
    ["no longitude", { latitude: 1, longitude: Number.NaN, metres: 300 }],
    ["no radius", { latitude: 1, longitude: 1, metres: 0 }],
    ["a negative radius", { latitude: 1, longitude: 1, metres: -5 }],
    ["a radius that is no number", { latitude: 1, longitude: 1, metres: Number.NaN }],
    ["a radius of a whole city", { latitude: 1, longitude: 1, metres: 10_001 }],
  ])("with %s are refused without repeating the place", (_, marked) => {
    expect(codeOf(() => markPlace([], marked, seededRandom(6n)))).toBe("zone.invalid");
  });
});
