import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from "maplibre-gl";
import { basemapColors, type BasemapColors, type MapTheme } from "@/lib/map/model/basemap-colors";
import type { City } from "@/lib/map/model/cities";

/** The lowest label layer: hexagons are drawn before it, so that names stay readable above them. */
export const firstLabelLayer = "label-water";

const attribution = '© <a href="https://www.openstreetmap.org/copyright" target="_blank" rel="noreferrer">OpenStreetMap contributors</a> (ODbL)';
const font = ["Inter Variable"];
const source = "city";

const classIs = (...classes: string[]): ExpressionSpecification => ["in", ["get", "class"], ["literal", classes]];
/** Widths at zooms 10, 13, 16 and 18, growing between them as streets do. */
const widths = (...[at10, at13, at16, at18]: [number, number, number, number]): ExpressionSpecification =>
  ["interpolate", ["exponential", 1.5], ["zoom"], 10, at10, 13, at13, 16, at16, 18, at18];

type Street = { id: string; classes: string[]; color: string; width: ExpressionSpecification; minzoom?: number };

function areas(colors: BasemapColors): LayerSpecification[] {
  const fill = (id: string, layer: string, paint: { "fill-color": string | ExpressionSpecification; "fill-opacity"?: number }): LayerSpecification =>
    ({ id, type: "fill", source, "source-layer": layer, paint });
  const landuse: ExpressionSpecification = ["match", ["get", "class"],
    ["park", "pitch", "grass", "wood", "scrub", "cemetery"], colors.park,
    ["sand"], colors.sand,
    colors.grounds];
  return [
    { id: "land", type: "background", paint: { "background-color": colors.land } },
    fill("landuse", "landuse", { "fill-color": landuse }),
    fill("water", "water", { "fill-color": colors.water }),
    { id: "waterway", type: "line", source, "source-layer": "waterway", paint: { "line-color": colors.water, "line-width": widths(0.5, 1, 3, 6) } },
    { id: "runway", type: "line", source, "source-layer": "aeroway", paint: { "line-color": colors.path, "line-width": widths(1, 3, 14, 40) } },
    { ...fill("building", "building", { "fill-color": colors.building, "fill-opacity": 0.8 }), minzoom: 13.5 },
  ];
}

function streets(colors: BasemapColors): LayerSpecification[] {
  const kinds: Street[] = [
    { id: "path", classes: ["pedestrian", "track", "construction", "service"], color: colors.path, width: widths(0.3, 0.8, 3, 8), minzoom: 13.5 },
    { id: "street", classes: ["street", "street_limited"], color: colors.street, width: widths(0.3, 1.1, 6.5, 20), minzoom: 11.5 },
    { id: "tertiary", classes: ["tertiary"], color: colors.street, width: widths(0.4, 1.6, 8, 22) },
    { id: "main", classes: ["primary", "secondary", "link", "motorway_link"], color: colors.main, width: widths(0.8, 2.4, 10, 26) },
    { id: "motorway", classes: ["motorway", "trunk"], color: colors.motorway, width: widths(1.2, 3.2, 12, 30) },
  ];
  const line = ({ id, classes, minzoom = 9 }: Street): Pick<LayerSpecification & { type: "line" }, "type" | "source" | "source-layer" | "filter" | "minzoom" | "layout" | "id"> => ({
    id, type: "line", source, "source-layer": "road", minzoom,
    filter: classIs(...classes),
    layout: { "line-cap": "round", "line-join": "round" },
  });
  const casings = kinds.slice(1).map((kind): LayerSpecification => ({
    ...line(kind), id: `${kind.id}-casing`, minzoom: 12.5,
    paint: { "line-color": colors.casing, "line-width": kind.width, "line-gap-width": 0.5 },
  }));
  const surfaces = kinds.map((kind): LayerSpecification => ({
    ...line(kind), paint: { "line-color": kind.color, "line-width": kind.width },
  }));
  return [...casings, ...surfaces, {
    id: "rail", type: "line", source, "source-layer": "road", minzoom: 11,
    filter: ["all", classIs("rail", "subway"), ["!=", ["get", "structure"], "tunnel"]],
    paint: { "line-color": colors.rail, "line-width": widths(0.5, 0.8, 1.6, 2.4) },
  }];
}

function labels(colors: BasemapColors): LayerSpecification[] {
  const halo = { "text-halo-color": colors.halo, "text-halo-width": 1.4 };
  const text = (size: number | ExpressionSpecification) => ({ "text-field": ["get", "name"] satisfies ExpressionSpecification, "text-font": font, "text-size": size });
  return [
    { id: firstLabelLayer, type: "symbol", source, "source-layer": "water_label", filter: ["==", ["geometry-type"], "Point"],
      layout: { ...text(13), "text-letter-spacing": 0.08, "text-max-width": 6 }, paint: { "text-color": colors.waterLabel } },
    { id: "label-river", type: "symbol", source, "source-layer": "water_label", filter: ["==", ["geometry-type"], "LineString"], minzoom: 12,
      layout: { ...text(11), "symbol-placement": "line" }, paint: { "text-color": colors.waterLabel, ...halo } },
    { id: "label-road", type: "symbol", source, "source-layer": "road_label", minzoom: 12.5, filter: ["all", ["has", "name"], classIs("motorway", "trunk", "primary", "secondary", "tertiary")],
      layout: { ...text(["interpolate", ["linear"], ["zoom"], 12, 10, 16, 12]), "symbol-placement": "line", "symbol-sort-key": ["coalesce", ["get", "rank"], 9], "symbol-spacing": 320 },
      paint: { "text-color": colors.faintLabel, ...halo } },
    { id: "label-street", type: "symbol", source, "source-layer": "road_label", minzoom: 14.5, filter: ["all", ["has", "name"], classIs("street", "street_limited", "link")],
      layout: { ...text(11), "symbol-placement": "line", "symbol-spacing": 360 }, paint: { "text-color": colors.faintLabel, ...halo } },
    { id: "label-poi", type: "symbol", source, "source-layer": "poi", minzoom: 14, filter: classIs("park", "museum", "college", "stadium", "attraction", "rail", "rail-metro", "harbor"),
      layout: { ...text(10.5), "text-max-width": 7, "symbol-sort-key": ["coalesce", ["get", "rank"], 99], "text-padding": 12 }, paint: { "text-color": colors.faintLabel, ...halo } },
    { id: "label-place", type: "symbol", source, "source-layer": "place", filter: ["!", classIs("island")],
      layout: {
        ...text(["interpolate", ["linear"], ["zoom"], 10, ["match", ["get", "class"], "city", 17, "town", 12, 10], 15, ["match", ["get", "class"], "city", 22, 14]]),
        "text-max-width": 7, "text-padding": 8, "symbol-sort-key": ["coalesce", ["get", "rank"], 99],
      },
      paint: { "text-color": colors.label, ...halo } },
  ];
}

/**
 * The basemap of a city in one theme; without a city the land's colour alone.
 * No glyphs and no sprites: MapLibre draws the labels with the page's own font.
 */
export function basemapStyle(city: City | null, theme: MapTheme): StyleSpecification {
  const colors = basemapColors[theme];
  const land: LayerSpecification = { id: "land", type: "background", paint: { "background-color": colors.land } };
  if (city === null) return { version: 8, sources: {}, layers: [land] };
  return {
    version: 8,
    sources: { [source]: { type: "vector", url: `pmtiles://${city.tiles}`, attribution } },
    layers: [...areas(colors), ...streets(colors), ...labels(colors)],
  };
}
