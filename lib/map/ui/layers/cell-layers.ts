import type { Layer } from "@deck.gl/core";
import { FillStyleExtension, PathStyleExtension, type FillStyleExtensionProps, type PathStyleExtensionProps } from "@deck.gl/extensions";
import { PathLayer, ScatterplotLayer, SolidPolygonLayer } from "@deck.gl/layers";
import type { MapTheme } from "@/lib/map/model/basemap-colors";
import type { CellMark, CellShape, CellShapes } from "@/lib/map/model/cell-shapes";
import { cellRing, type Position } from "@/lib/map/model/geometry";
import { dottedProps, edgeProps, filledProps, hatchedProps, nearThresholdProps, outlineProps, pickableProps, ringProps } from "@/lib/map/ui/layers/cell-layer-props";

type CellLayerOptions = {
  theme: MapTheme;
  hovered: string | null;
  selected: string | null;
  /** The basemap's layer below which everything is drawn; undefined draws on top. */
  beforeId: string | undefined;
};

/** MapLibreOverlay reads where a layer belongs from this prop. */
type Placed = { beforeId?: string };

const hatch = [new FillStyleExtension({ proceduralPattern: true })];
const dots = [new PathStyleExtension({ dash: true, dashMode: "path" })];

const ringOf = (cell: string | null): Position[][] => (cell === null ? [] : [cellRing(cell)]);

/** The layers of a region from bottom to top. */
export function cellLayers(shapes: CellShapes, { theme, hovered, selected, beforeId }: CellLayerOptions): Layer[] {
  const placed: Placed = { beforeId };
  return [
    new SolidPolygonLayer<CellShape, Placed>({ ...pickableProps("pick-hatched", shapes.hatched), ...placed }),
    new SolidPolygonLayer<CellShape, Placed>({ ...pickableProps("pick-dotted", shapes.dotted), ...placed }),
    new SolidPolygonLayer<CellShape, Placed>({ ...pickableProps("pick-outlined", shapes.outlined), ...placed }),
    new SolidPolygonLayer<CellShape, Placed>({ ...filledProps(shapes.filled), ...placed }),
    new SolidPolygonLayer<CellShape, Placed & FillStyleExtensionProps<CellShape>>({ ...hatchedProps(shapes.hatched, theme), extensions: hatch, ...placed }),
    new PathLayer<CellShape, Placed>({ ...outlineProps("outline-filled", shapes.filled, { theme, over: "value" }), ...placed }),
    new PathLayer<CellShape, Placed>({ ...outlineProps("outline-closed", shapes.outlined, { theme, over: "ground" }), ...placed }),
    new PathLayer<CellShape, Placed & PathStyleExtensionProps<CellShape>>({ ...dottedProps(shapes.dotted, theme), extensions: dots, ...placed }),
    new ScatterplotLayer<CellMark, Placed>({ ...nearThresholdProps(shapes.nearThreshold, theme), ...placed }),
    new PathLayer<Position[], Placed>({ ...edgeProps(shapes.edges, theme), ...placed }),
    new PathLayer<Position[], Placed>({ ...ringProps("ring-hovered", ringOf(hovered), { theme, width: 1.5 }), ...placed }),
    new PathLayer<Position[], Placed>({ ...ringProps("ring-selected", ringOf(selected), { theme, width: 2.5 }), ...placed }),
  ];
}
