import type { Color } from "@deck.gl/core";
import type { HatchPatternConfig } from "@deck.gl/extensions";
import type { MapTheme } from "@/lib/map/model/basemap-colors";
import type { CellMark, CellShape } from "@/lib/map/model/cell-shapes";
import type { Position } from "@/lib/map/model/geometry";

/** Colours of what is drawn around and instead of values. */
const inks: Record<MapTheme, { line: Color; faint: Color; hatch: Color; edge: Color; selected: Color; mark: Color }> = {
  light: { line: [255, 255, 255, 150], faint: [72, 84, 92, 90], hatch: [72, 84, 92, 105], edge: [36, 62, 74, 190], selected: [12, 26, 34, 255], mark: [255, 255, 255, 235] },
  dark: { line: [8, 14, 18, 140], faint: [190, 202, 210, 70], hatch: [190, 202, 210, 85], edge: [170, 205, 214, 150], selected: [255, 255, 255, 255], mark: [8, 14, 18, 235] },
};

/** 82 % of full: streets and names still shine through. */
const fillAlpha = 209;
/** Nothing to see, but something to point at. */
const unseen: Color = [0, 0, 0, 1];
const hatchPattern = "not-shown";
const patterns: Readonly<Record<string, HatchPatternConfig>> = { [hatchPattern]: { type: "hatch", angle: 45, strokeWidth: 1.4, gap: 5.2 } };

const polygon = (shape: CellShape) => shape.ring;
const path = (shape: CellShape) => shape.ring;

/** Cells with a number, in their class's colour. */
export function filledProps(data: readonly CellShape[]) {
  return {
    id: "cells-filled",
    data,
    getPolygon: polygon,
    getFillColor: ({ color }: CellShape): Color => (color === null ? unseen : [...color, fillAlpha]),
    pickable: true,
    updateTriggers: { getFillColor: data },
  };
}

/** Cells that say nothing may still be pointed at, so that the card can say why. */
export function pickableProps(id: string, data: readonly CellShape[]) {
  return { id, data, getPolygon: polygon, getFillColor: unseen, pickable: true };
}

/** The fine diagonal hatch of cells that are not shown; its size is the screen's, not the ground's. */
export function hatchedProps(data: readonly CellShape[], theme: MapTheme) {
  return {
    id: "cells-hatched",
    data,
    getPolygon: polygon,
    getFillColor: inks[theme].hatch,
    fillPatternMapping: patterns,
    fillPatternSizeUnits: "pixels" as const,
    getFillPattern: () => hatchPattern,
    getFillPatternScale: 1,
    updateTriggers: { getFillColor: theme },
  };
}

/** Thin outlines; those of filled cells disappear when the map is far away. */
export function outlineProps(id: string, data: readonly CellShape[], { theme, over }: { theme: MapTheme; over: "value" | "ground" }) {
  return {
    id,
    data,
    getPath: path,
    getColor: over === "value" ? inks[theme].line : inks[theme].faint,
    getWidth: over === "value" ? 6 : 4,
    widthUnits: "meters" as const,
    widthMinPixels: over === "value" ? 0 : 0.75,
    widthMaxPixels: over === "value" ? 1.25 : 1,
    updateTriggers: { getColor: theme },
  };
}

/** The dotted outline of void tiles. */
export function dottedProps(data: readonly CellShape[], theme: MapTheme) {
  return {
    ...outlineProps("cells-dotted", data, { theme, over: "ground" }),
    widthMinPixels: 1.5,
    widthMaxPixels: 1.5,
    capRounded: true,
    getDashArray: [0.1, 4] satisfies [number, number],
    dashUnits: "pixels" as const,
    dashJustified: true,
  };
}

/** Small ringed dots, seen on any colour, on values that stand close to the threshold. */
export function nearThresholdProps(data: readonly CellMark[], theme: MapTheme) {
  return {
    id: "cells-near-threshold",
    data,
    getPosition: ({ position }: CellMark) => position,
    stroked: true,
    filled: true,
    getRadius: 3,
    radiusUnits: "pixels" as const,
    getFillColor: inks[theme].mark,
    getLineColor: inks[theme].selected,
    getLineWidth: 1.25,
    lineWidthUnits: "pixels" as const,
    updateTriggers: { getFillColor: theme, getLineColor: theme },
  };
}

/** The region's edge. */
export function edgeProps(data: readonly Position[][], theme: MapTheme) {
  return {
    id: "region-edge",
    data,
    getPath: (ring: Position[]) => ring,
    getColor: inks[theme].edge,
    getWidth: 1.75,
    widthUnits: "pixels" as const,
    jointRounded: true,
    updateTriggers: { getColor: theme },
  };
}

/** The ring around the cell that is pointed at or chosen. */
export function ringProps(id: string, data: readonly Position[][], { theme, width }: { theme: MapTheme; width: number }) {
  return {
    id,
    data,
    getPath: (ring: Position[]) => ring,
    getColor: inks[theme].selected,
    getWidth: width,
    widthUnits: "pixels" as const,
    jointRounded: true,
    updateTriggers: { getColor: theme, getWidth: width },
  };
}
