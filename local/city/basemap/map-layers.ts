import type { Properties, SourceFeature } from "@/local/city/basemap/source-tiles";

export const cityLayers = [
  "landuse",
  "water",
  "waterway",
  "building",
  "aeroway",
  "road",
  "road_label",
  "water_label",
  "poi",
  "place",
] as const;

export type CityLayer = (typeof cityLayers)[number];

/** What a feature of the source (Mapbox Streets v7) is on our map: its layer, properties and first zoom. */
export type Placement = { readonly layer: CityLayer; readonly properties: Properties; readonly minZoom: number };

const landuseZooms: Readonly<Record<string, number>> = {
  park: 9,
  wood: 9,
  cemetery: 10,
  grass: 12,
  sand: 11,
  agriculture: 12,
  scrub: 12,
  rock: 12,
  industrial: 11,
  hospital: 12,
  school: 12,
  pitch: 12,
  parking: 13,
};

const roadZooms: Readonly<Record<string, number>> = {
  motorway: 9,
  trunk: 9,
  primary: 9,
  secondary: 11,
  motorway_link: 11,
  major_rail: 11,
  tertiary: 12,
  link: 12,
  street: 12,
  street_limited: 12,
  ferry: 12,
  construction: 13,
  service: 13,
  pedestrian: 13,
  track: 13,
};

/** From the most to the least important; a label's rank is its place in this list, from 1. */
const labelledRoads = ["motorway", "trunk", "primary", "secondary", "tertiary", "link", "street", "street_limited"];

const placeClasses: Readonly<Record<string, string>> = {
  city: "city",
  town: "town",
  village: "village",
  suburb: "suburb",
  neighbourhood: "neighbourhood",
  residential: "neighbourhood",
  hamlet: "hamlet",
  island: "island",
};

const placeZooms: Readonly<Record<string, number>> = { city: 9, town: 9, village: 10, suburb: 11 };

/** Where a feature of the source goes on our map; null when it is not shown. */
export function placeFeature(feature: SourceFeature): Placement | null {
  return placers[feature.layer]?.(feature) ?? null;
}

type Placer = (feature: SourceFeature) => Placement | null;

const placers: Readonly<Record<string, Placer>> = {
  landuse: ({ properties }) => {
    const minZoom = landuseZooms[textOf(properties, "class")];
    return minZoom === undefined ? null : { layer: "landuse", properties: pick(properties, ["class"]), minZoom };
  },
  landuse_overlay: ({ properties }) => {
    const isWetland = textOf(properties, "class").startsWith("wetland") && properties.type !== "basin";
    return isWetland ? { layer: "landuse", properties: { class: "wetland" }, minZoom: 11 } : null;
  },
  water: () => ({ layer: "water", properties: {}, minZoom: 9 }),
  waterway: ({ properties }) => ({
    layer: "waterway",
    properties: pick(properties, ["class"]),
    minZoom: properties.class === "stream" ? 12 : 9,
  }),
  building: ({ properties }) => ({ layer: "building", properties: pick(properties, ["height", "min_height"]), minZoom: 13 }),
  aeroway: ({ properties, geometry }) =>
    geometry.kind === "polygon"
      ? { layer: "landuse", properties: { class: "aeroway" }, minZoom: 11 }
      : { layer: "aeroway", properties: { class: textOf(properties, "type") }, minZoom: 11 },
  road: placeRoad,
  road_label: placeRoadLabel,
  waterway_label: ({ properties }) => withName("water_label", properties, { class: "river", minZoom: 12 }),
  place_label: ({ properties }) => {
    const placeClass = placeClasses[textOf(properties, "type")];
    if (placeClass === undefined) return null;
    return withName("place", properties, { class: placeClass, minZoom: placeZooms[placeClass] ?? 12 });
  },
  poi_label: ({ properties }) => withName("poi", properties, { class: textOf(properties, "maki"), minZoom: 12 }),
  rail_station_label: ({ properties }) => withName("poi", properties, { class: textOf(properties, "network"), minZoom: 13 }),
  airport_label: ({ properties }) => withName("poi", properties, { class: "airport", minZoom: 11 }),
};

function placeRoad({ properties, geometry }: SourceFeature): Placement | null {
  if (geometry.kind === "polygon") {
    return properties.type === "pedestrian" ? { layer: "landuse", properties: { class: "pedestrian" }, minZoom: 13 } : null;
  }
  const roadClass = textOf(properties, "class");
  const minZoom = roadZooms[roadClass];
  if (geometry.kind !== "line" || minZoom === undefined) return null;
  const structure = textOf(properties, "structure");
  const railClass = properties.type === "subway" ? "subway" : "rail";
  return {
    layer: "road",
    properties: {
      class: roadClass === "major_rail" ? railClass : roadClass,
      ...(structure === "bridge" || structure === "tunnel" ? { structure } : {}),
      ...(isOneWay(properties) ? { oneway: true } : {}),
    },
    minZoom,
  };
}

function placeRoadLabel({ properties }: SourceFeature): Placement | null {
  const roadClass = textOf(properties, "class");
  const rank = labelledRoads.indexOf(roadClass) + 1;
  const name = nameOf(properties);
  if (rank === 0 || (name === "" && properties.ref === undefined)) return null;
  return {
    layer: "road_label",
    properties: { ...(name === "" ? {} : { name }), class: roadClass, ...pick(properties, ["ref", "shield"]), rank },
    minZoom: rank <= 4 ? 11 : 12,
  };
}

function withName(
  layer: CityLayer,
  properties: Properties,
  shown: { readonly class: string; readonly minZoom: number },
): Placement | null {
  const name = nameOf(properties);
  if (name === "") return null;
  const rank = Number(properties.localrank ?? properties.scalerank ?? 1);
  return { layer, properties: { name, class: shown.class, rank }, minZoom: shown.minZoom };
}

/** The source writes the flag as text. */
export function isOneWay(properties: Properties): boolean {
  return properties.oneway === "true" || properties.oneway === true;
}

export function textOf(properties: Properties, name: string): string {
  const value = properties[name];
  return typeof value === "string" ? value : "";
}

function nameOf(properties: Properties): string {
  return textOf(properties, "name_en") || textOf(properties, "name");
}

function pick(properties: Properties, names: readonly string[]): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([name, value]) => names.includes(name) && value !== ""));
}
