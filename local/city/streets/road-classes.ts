/** The classes of streets that vehicles drive on, from the most to the least important. */
export const roadClasses = [
  "motorway",
  "motorway_link",
  "trunk",
  "primary",
  "secondary",
  "tertiary",
  "link",
  "street",
  "street_limited",
] as const;

export type RoadClass = (typeof roadClasses)[number];

/** Speed on an empty road between stops, km/h: a little above what Chicago's limits allow. */
export const freeSpeedKmh: Readonly<Record<RoadClass, number>> = {
  motorway: 88,
  motorway_link: 50,
  trunk: 68,
  primary: 50,
  secondary: 46,
  tertiary: 42,
  link: 35,
  street: 34,
  street_limited: 18,
};

export const FASTEST_KMH = Math.max(...Object.values(freeSpeedKmh));

const byName: ReadonlyMap<string, RoadClass> = new Map(roadClasses.map((roadClass) => [roadClass, roadClass]));

/** The class of that name, or undefined when no vehicle drives on such a way. */
export function roadClassOf(name: string): RoadClass | undefined {
  return byName.get(name);
}

/** 0 for motorways, growing towards the smallest streets. */
export function importanceOf(roadClass: RoadClass): number {
  return roadClasses.indexOf(roadClass);
}
