import { MapLibreOverlay } from "@deck.gl/maplibre";
import * as maplibre from "maplibre-gl";
import { Protocol } from "pmtiles";
import { firstLabelLayer, basemapStyle } from "@/lib/map/model/basemap-style";
import type { MapTheme } from "@/lib/map/model/basemap-colors";
import type { CellShapes } from "@/lib/map/model/cell-shapes";
import { unite, type Bounds, type City } from "@/lib/map/model/cities";
import { emptySketch, type Sketch } from "@/lib/map/model/sketch";
import { cellLayers } from "@/lib/map/ui/layers/cell-layers";
import { sketchLayers } from "@/lib/map/ui/layers/sketch-layers";

/** Where the pointer is, in pixels of the map's box, and the cell below it. */
export type Hover = { cell: string; x: number; y: number };

export type MapEvents = {
  onHover: (hover: Hover | null) => void;
  onSelect: (cell: string | null) => void;
  /** The street map's data could not be read; the hexagons are not affected. */
  onBasemapFail: () => void;
};

export type Scene = { shapes: CellShapes; sketch?: Sketch; theme: MapTheme; hovered: string | null; selected: string | null };

/** Pixels at the map's sides that something else covers. */
export type Room = { top: number; bottom: number; left: number; right: number };

/** One map with its layers. */
export type MapEngine = {
  draw(scene: Scene): void;
  setTheme(theme: MapTheme): void;
  showBounds(bounds: Bounds): void;
  remove(): void;
};

export type EngineOptions = {
  container: HTMLElement;
  /** What the map shows, for those who don't see it. */
  label: string;
  city: City | null;
  theme: MapTheme;
  bounds: Bounds;
  events: MapEvents;
  /** Whether the map lies in a page that scrolls: the wheel and one finger then belong to the page. */
  isInPage?: boolean;
  /** What covers the map's sides, when that differs from the usual. */
  room?: (box: { width: number; height: number }) => Room;
};

/**
 * Beyond the city's streets there is nothing to see, unless the region reaches there. A map that words lie over may go on below
 * them: else it could not be moved out from under them.
 */
function limitsOf(city: City | null, bounds: Bounds, isInPage: boolean): [number, number, number, number] | undefined {
  if (city === null) return undefined;
  const [west, south, east, north] = unite(city.bounds, bounds);
  const share = isInPage ? 0.6 : 0;
  const [wide, high] = [share * (east - west), share * (north - south)];
  return [west - wide, south - high, east + wide, north + high];
}

/** Room for what floats over the map; a phone has less of it and nothing at the bottom, and a very low map none at all. */
function fitIn({ clientWidth, clientHeight }: HTMLElement, room: EngineOptions["room"]) {
  if (room !== undefined) return { padding: room({ width: clientWidth, height: clientHeight }), maxZoom: 14.5 };
  const wanted = clientWidth < 640 ? { top: 64, bottom: 40, left: 12, right: 12 } : { top: 80, bottom: 72, left: 40, right: 56 };
  const share = Math.min(1, clientHeight / 320) ** 2;
  const padding = { ...wanted, top: Math.round(wanted.top * share), bottom: Math.round(wanted.bottom * share) };
  return { padding, maxZoom: 14.5 };
}

/** Name of the moment at which the streets are first seen whole, for whoever measures the page. */
export const firstPaintMark = "map-painted";

const once = { done: false };

/** Worker and tile protocol belong to the page, not to one map. */
function prepareLibrary(): void {
  if (once.done) return;
  once.done = true;
  maplibre.setWorkerUrl(new URL("maplibre-gl/dist/maplibre-gl-worker.mjs", import.meta.url).href);
  maplibre.addProtocol("pmtiles", new Protocol().tile);
}

function cellOf(object: unknown): string | null {
  return typeof object === "object" && object !== null && "cell" in object && typeof object.cell === "string" ? object.cell : null;
}

function createOverlay(events: MapEvents): MapLibreOverlay {
  return new MapLibreOverlay({
    interleaved: true,
    layers: [],
    onHover: ({ object, x, y }) => {
      const cell = cellOf(object);
      events.onHover(cell === null ? null : { cell, x, y });
    },
    getCursor: ({ isDragging, isHovering }) => (isDragging ? "grabbing" : isHovering ? "pointer" : "grab"),
  });
}

/** A map in the container: streets of the city below, hexagons above them, names on top. */
export function createMapEngine({ container, label, city, theme, bounds, events, isInPage = false, room }: EngineOptions): MapEngine {
  prepareLibrary();
  const map = new maplibre.Map({
    container,
    locale: { "Map.Title": label },
    style: basemapStyle(city, theme),
    bounds: [...bounds],
    maxBounds: limitsOf(city, bounds, isInPage),
    fitBoundsOptions: fitIn(container, room),
    minZoom: 9,
    maxZoom: 17.5,
    dragRotate: false,
    touchPitch: false,
    cooperativeGestures: isInPage,
    attributionControl: { compact: false },
    canvasContextAttributes: { antialias: true },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
  const overlay = createOverlay(events);
  map.addControl(overlay);
  map.on("error", events.onBasemapFail);
  map.on("click", ({ point: { x, y } }) => events.onSelect(cellOf(overlay.pickObject({ x, y })?.object)));

  let scene: Scene | null = null;
  let shown = bounds;
  let painted = theme;
  const apply = () => {
    if (scene === null || !map.isStyleLoaded()) return;
    const beforeId = map.getLayer(firstLabelLayer) === undefined ? undefined : firstLabelLayer;
    const sketch = sketchLayers(scene.sketch ?? emptySketch, { theme: scene.theme, beforeId });
    overlay.setProps({ layers: [...cellLayers(scene.shapes, { ...scene, beforeId }), ...sketch] });
  };
  // Layers set before the style is there would end up above the names.
  map.on("load", () => {
    performance.mark(firstPaintMark);
    apply();
  });
  map.on("styledata", apply);

  return {
    draw: (next) => { scene = next; apply(); },
    setTheme: (next) => {
      if (next !== painted) map.setStyle(basemapStyle(city, next));
      painted = next;
    },
    showBounds: (next) => {
      if (next.every((side, index) => side === shown[index])) return;
      shown = next;
      map.setMaxBounds(limitsOf(city, next, isInPage));
      map.fitBounds([...next], { ...fitIn(container, room), duration: 400 });
    },
    remove: () => map.remove(),
  };
}
