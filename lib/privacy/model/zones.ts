import { AppError } from "@/lib/kernel/errors";
import { uniform, type RandomSource } from "@/lib/kernel/random";
import { metresBetween, travel } from "@/lib/geo/model/sphere";
import type { Position } from "@/lib/geo/model/track";

/**
 * A place that must not be found from what is contributed, with the one disc that is cut out of every drive because of it.
 * Kept on the owner's device and in its backup, never sent: a second disc drawn for the same place would give the place away.
 */
export type SecretDisc = {
  readonly place: Position;
  /** At most 600 m from the place, uniform over that area. */
  readonly centre: Position;
  readonly radiusMetres: number;
};

/** All places of one owner, a plain value to be stored by the caller. */
export type ZoneBook = readonly SecretDisc[];

/** A place that the owner marks, and how far around it nothing may be counted. */
export type MarkedPlace = Position & { readonly metres: number };

/** R of docs/privacy.md, section 2, row 6: who fits a circle to where drives begin finds its centre, and the place only within this. */
export const OFFSET_METRES = 600;
/** What lies within this of a place is always cut, and counts as the same place. */
export const MARGIN_METRES = 200;
/** Largest radius that an owner may mark. */
export const MARKED_METRES_MAX = 10_000;

/** A disc whose centre is drawn uniformly from the circle of radius R around the place, so that all within `metres` of it is covered. */
function drawDisc(place: Position, metres: number, random: RandomSource): SecretDisc {
  const { latitude, longitude } = place;
  const centre = travel(place, 2 * Math.PI * uniform(random), OFFSET_METRES * Math.sqrt(uniform(random)));
  return { place: { latitude, longitude }, centre, radiusMetres: OFFSET_METRES + Math.max(MARGIN_METRES, metres) };
}

function findPlace(book: ZoneBook, place: Position): SecretDisc | undefined {
  return book.find((disc) => metresBetween(disc.place, place) <= MARGIN_METRES);
}

/**
 * Remembers the place where a drive begins or ends, unless it lies within 200 m of one that is remembered: then that place's disc
 * covers it already.
 */
export function rememberPlace(book: ZoneBook, place: Position, random: RandomSource): ZoneBook {
  return findPlace(book, place) === undefined ? [...book, drawDisc(place, 0, random)] : book;
}

/**
 * Remembers a marked place: nothing within `metres` (at least 200) of it is ever counted. Its disc has the radius 600 m + metres around
 * a centre up to 600 m away, so more than the marked circle is cut, and the circle's middle cannot be told from the cut.
 * Near a remembered place that place's disc grows around its old centre; marking the same place again changes nothing.
 * Throws `zone.invalid`.
 */
export function markPlace(book: ZoneBook, marked: MarkedPlace, random: RandomSource): ZoneBook {
  const isPosition = Math.abs(marked.latitude) <= 90 && Math.abs(marked.longitude) <= 180;
  if (!isPosition) throw new AppError("zone.invalid", "A zone needs a latitude within ±90 and a longitude within ±180 degrees: LAT,LON,METRES.");
  if (!(marked.metres > 0 && marked.metres <= MARKED_METRES_MAX)) {
    throw new AppError("zone.invalid", `A zone's radius must be above 0 and at most ${MARKED_METRES_MAX} metres: LAT,LON,METRES.`);
  }
  const known = findPlace(book, marked);
  if (known === undefined) return [...book, drawDisc(marked, marked.metres, random)];
  const needed = OFFSET_METRES + Math.max(MARGIN_METRES, marked.metres) + metresBetween(known.place, marked);
  if (needed <= known.radiusMetres) return book;
  return book.map((disc) => (disc === known ? { ...disc, radiusMetres: needed } : disc));
}

/** Whether a position lies in one of the discs. */
export function isHidden(book: ZoneBook, position: Position): boolean {
  return book.some(({ centre, radiusMetres }) => metresBetween(centre, position) <= radiusMetres);
}
