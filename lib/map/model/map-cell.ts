/**
 * What the map says about one cell of the grid:
 * a number, nothing because too few were counted, nothing because the tile is void, nothing because it was not bought or is not out yet.
 */
export type MapCell =
  | { cell: string; kind: "value"; value: number; nearThreshold: boolean }
  | { cell: string; kind: "not-shown" }
  | { cell: string; kind: "void" }
  | { cell: string; kind: "closed" };
