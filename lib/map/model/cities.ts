/** West, south, east, north in degrees. */
export type Bounds = readonly [west: number, south: number, east: number, north: number];

/** A city that the product brings a street map for. */
export type City = {
  name: string;
  timeZone: string;
  /** Address of the vector tiles, from the site's root. */
  tiles: string;
  bounds: Bounds;
};

const cities: readonly City[] = [
  { name: "Chicago", timeZone: "America/Chicago", tiles: "/map/chicago.pmtiles", bounds: [-87.8027, 41.7713, -87.583, 41.9677] },
];

/** The smallest box around both. */
export function unite(one: Bounds, other: Bounds): Bounds {
  return [Math.min(one[0], other[0]), Math.min(one[1], other[1]), Math.max(one[2], other[2]), Math.max(one[3], other[3])];
}

/** The middle of a box, a quarter of it: what one sees of a city first. */
export function middleOf([west, south, east, north]: Bounds): Bounds {
  const [width, height] = [east - west, north - south];
  return [west + width / 4, south + height / 4, east - width / 4, north - height / 4];
}

/** The city to look at before it is known what to look at. */
export function firstCity(): City | null {
  return cities[0] ?? null;
}

/** The city whose street map covers the point, or null: then the map shows the grid alone and times are the viewer's. */
export function cityAt(longitude: number, latitude: number): City | null {
  return cities.find(({ bounds: [west, south, east, north] }) =>
    longitude >= west && longitude <= east && latitude >= south && latitude <= north) ?? null;
}
