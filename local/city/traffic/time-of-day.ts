/** How busy the streets are at a time, and which way. */
export type TrafficState = {
  /** 0 (empty) to 1 (the evening's rush hour). */
  readonly level: number;
  /** The share of trips from homes to work places: 0.5 is balanced, the morning is above. */
  readonly outboundShare: number;
};

/** Traffic of each hour as a share of the busiest one: the usual shape of an American city's weekday and weekend. */
const weekdayLevels = [14, 9, 7, 7, 10, 26, 58, 93, 100, 80, 68, 70, 75, 75, 80, 91, 100, 100, 84, 63, 50, 42, 32, 22];
const weekendLevels = [24, 18, 13, 9, 8, 10, 16, 24, 35, 48, 58, 65, 70, 71, 70, 69, 68, 66, 62, 56, 50, 45, 38, 30];

/** Percent of trips that lead from homes to work places, by the hour of a weekday. */
const weekdayOutbound = [45, 45, 45, 50, 65, 78, 82, 82, 78, 65, 55, 52, 50, 48, 43, 34, 25, 22, 28, 36, 40, 42, 42, 44];

const chicagoClock = new Intl.DateTimeFormat("en-US", {
  timeZone: "America/Chicago",
  weekday: "short",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

/** How busy Chicago's streets usually are at a time (milliseconds since 1970). */
export function trafficAt(timeMs: number): TrafficState {
  const parts = new Map(chicagoClock.formatToParts(timeMs).map(({ type, value }) => [type, value]));
  const isWeekend = ["Sat", "Sun"].includes(parts.get("weekday") ?? "");
  const hour = Number(parts.get("hour")) + Number(parts.get("minute")) / 60;
  return {
    level: levelBetween(isWeekend ? weekendLevels : weekdayLevels, hour) / 100,
    outboundShare: isWeekend ? 0.5 : levelBetween(weekdayOutbound, hour) / 100,
  };
}

/** The value at a time between the middles of two hours. */
function levelBetween(levels: readonly number[], hour: number): number {
  const before = Math.floor(hour - 0.5);
  const share = hour - 0.5 - before;
  const [left, right] = [levels.at(before % 24) ?? 0, levels.at((before + 1) % 24) ?? 0];
  return left + share * (right - left);
}
