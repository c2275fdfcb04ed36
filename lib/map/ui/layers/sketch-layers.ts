import type { Color, Layer } from "@deck.gl/core";
import { PathStyleExtension, type PathStyleExtensionProps } from "@deck.gl/extensions";
import { PathLayer, SolidPolygonLayer } from "@deck.gl/layers";
import type { MapTheme } from "@/lib/map/model/basemap-colors";
import type { Sketch } from "@/lib/map/model/sketch";

type Line = Sketch["lines"][number];
type Area = Sketch["areas"][number];
type Placed = { beforeId?: string };

const inks: Record<MapTheme, { way: Color; wayCut: Color; halo: Color; cut: Color; cutEdge: Color; sent: Color; sentEdge: Color }> = {
  light: { way: [9, 84, 104, 255], wayCut: [120, 60, 50, 210], halo: [255, 255, 255, 220], cut: [186, 84, 62, 34], cutEdge: [168, 66, 46, 200], sent: [10, 120, 140, 40], sentEdge: [9, 84, 104, 255] },
  dark: { way: [120, 222, 232, 255], wayCut: [240, 160, 140, 210], halo: [8, 14, 18, 220], cut: [236, 130, 104, 36], cutEdge: [240, 150, 126, 200], sent: [80, 200, 215, 40], sentEdge: [120, 222, 232, 255] },
};

const dashes = [new PathStyleExtension({ dash: true, dashMode: "path" })];
const dashArray: [number, number] = [2.4, 2];

/** Ways and areas, from bottom to top. The kept way has a halo, so that it stands out on streets of any colour. */
export function sketchLayers({ lines, areas }: Sketch, { theme, beforeId }: { theme: MapTheme; beforeId: string | undefined }): Layer[] {
  const ink = inks[theme];
  const placed: Placed = { beforeId };
  const kept = lines.filter(({ look }) => look === "kept");
  const cut = lines.filter(({ look }) => look === "cut");
  const getPath = ({ path }: Line) => [...path];
  const round = { capRounded: true, jointRounded: true, widthUnits: "pixels" as const };
  return [
    new SolidPolygonLayer<Area, Placed>({ id: "sketch-areas", data: areas, getPolygon: ({ ring }) => [...ring], getFillColor: ({ look }) => (look === "cut" ? ink.cut : ink.sent), updateTriggers: { getFillColor: theme }, ...placed }),
    new PathLayer<Area, Placed>({ id: "sketch-edges", data: areas, getPath: ({ ring }) => [...ring], getColor: ({ look }) => (look === "cut" ? ink.cutEdge : ink.sentEdge), getWidth: ({ look }) => (look === "cut" ? 1.25 : 2), updateTriggers: { getColor: theme }, ...round, ...placed }),
    new PathLayer<Line, Placed & PathStyleExtensionProps<Line>>({ id: "sketch-cut", data: cut, getPath, getColor: ink.wayCut, getWidth: 2.5, getDashArray: dashArray, extensions: dashes, updateTriggers: { getColor: theme }, ...round, ...placed }),
    new PathLayer<Line, Placed>({ id: "sketch-halo", data: kept, getPath, getColor: ink.halo, getWidth: 6, updateTriggers: { getColor: theme }, ...round, ...placed }),
    new PathLayer<Line, Placed>({ id: "sketch-kept", data: kept, getPath, getColor: ink.way, getWidth: 3, updateTriggers: { getColor: theme }, ...round, ...placed }),
  ];
}
