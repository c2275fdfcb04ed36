/** A name for a region that nobody has named: "loop-pilot" becomes "Loop Pilot". */
export function titleOfSlug(slug: string): string {
  return slug.split("-").map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join(" ");
}
