import { refuseFile, type TrackSource } from "@/lib/geo/model/track-source";

/** Where in a row the needed values stand, and how long a row is. */
export type CsvColumns = {
  readonly vehicle: number | undefined;
  readonly time: number;
  readonly latitude: number;
  readonly longitude: number;
  readonly count: number;
};

/** Names that columns go by, in order of preference; compared in lower case without spaces, dots, dashes and underscores. */
const aliases = {
  vehicle: ["vehicle", "vehicleid", "vehicleref", "vehiclenumber", "device", "deviceid", "taxiid", "busid", "car", "carid", "unit", "unitid", "trip", "tripid", "track", "trackid", "journeyid", "rideid", "id"],
  time: ["time", "timestamp", "datetime", "timeutc", "utctime", "timestamputc", "utc", "gpstime", "recordedat", "observedat", "positiontime", "unixtime", "epoch", "unix", "timems", "timestampms", "ts", "date"],
  latitude: ["lat", "latitude", "gpslat", "gpslatitude", "positionlat", "latdeg"],
  longitude: ["lon", "lng", "long", "longitude", "gpslon", "gpslng", "gpslongitude", "positionlong", "positionlon", "londeg"],
} as const;

const speedNames = /^(?:gps)?(?:speed|velocity|kmh|kph|mph)/;

function plain(header: string): string {
  return header.toLowerCase().replace(/[\s._-]+/g, "").replace(/\(.*\)$/, "");
}

/** Headers as they may be shown: a file without a header line has positions there, which must not get into an error. */
function showHeaders(headers: readonly string[]): string {
  const shown = headers.filter((header) => /^[a-z][a-z _-]*$/i.test(header)).slice(0, 12).map((header) => header.slice(0, 30));
  return shown.length === 0 ? "none that reads like a name" : shown.join(", ");
}

function refuseHeader(headers: readonly string[], source: TrackSource, missing: readonly string[]): never {
  const found = `Its first line must name the columns; found: ${showHeaders(headers)}.`;
  if (missing.length === 3) throw refuseFile("file.unreadable", source, `it is neither GPX nor a CSV with columns time, lat and lon. ${found}`);
  if (missing.length === 1 && missing[0] === "time") throw refuseFile("file.no-times", source, `it has no time column; speeds cannot be computed without. ${found}`, 1);
  throw refuseFile("file.column-missing", source, `no column for ${missing.join(" and ")}. ${found}`, 1);
}

/**
 * Finds the columns by their names. Without a vehicle or trip column the whole file is one vehicle.
 * A speed column is not used, in whatever unit it is: speeds are computed from positions and times.
 * Throws `file.unreadable`, `file.no-times` or `file.column-missing`.
 */
export function findColumns(headers: readonly string[], source: TrackSource): CsvColumns {
  const names = headers.map(plain);
  const find = (column: keyof typeof aliases): number | undefined => {
    const name = aliases[column].find((alias) => names.includes(alias));
    return name === undefined ? undefined : names.indexOf(name);
  };
  const [vehicle, time, latitude, longitude] = [find("vehicle"), find("time"), find("latitude"), find("longitude")];
  if (time === undefined || latitude === undefined || longitude === undefined) {
    const missing = Object.entries({ time, latitude, longitude }).flatMap(([name, at]) => (at === undefined ? [name] : []));
    return refuseHeader(headers, source, missing);
  }
  if (names.some((name) => speedNames.test(name))) source.onNotice(`${source.name}: the speed column is not used; speeds are computed from positions and times.`);
  if (vehicle === undefined) source.onNotice(`${source.name}: there is no vehicle or trip column, so the whole file is taken as one vehicle.`);
  return { vehicle, time, latitude, longitude, count: headers.length };
}
