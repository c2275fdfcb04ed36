/** What a key press asks of the region page. */
export type Shortcut = "metric" | "older" | "newer";

type KeyPress = {
  key: string;
  isModified: boolean;
  /** What the focused element does with keys of its own: nothing, arrows (a map, a radio button), or everything (a text field). */
  taken: "nothing" | "arrows" | "everything";
};

/** M changes the metric, the arrows move between epochs. */
export function shortcutOf({ key, isModified, taken }: KeyPress): Shortcut | null {
  if (isModified || taken === "everything") return null;
  if (key === "m" || key === "M") return "metric";
  if (taken === "arrows") return null;
  if (key === "ArrowLeft") return "older";
  return key === "ArrowRight" ? "newer" : null;
}
