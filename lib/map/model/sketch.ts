import type { Position } from "@/lib/map/model/geometry";

/** What is drawn on the map besides cells: ways, and areas with an edge. */
export type Sketch = {
  readonly lines: readonly { readonly path: readonly Position[]; readonly look: "kept" | "cut" }[];
  readonly areas: readonly { readonly ring: readonly Position[]; readonly look: "cut" | "sent" }[];
};

export const emptySketch: Sketch = { lines: [], areas: [] };
