/** A region's slug as a name, for regions that the catalogue does not know: "loop-pilot" is "Loop pilot". */
export function nameOfSlug(slug: string): string {
  const words = slug.replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
