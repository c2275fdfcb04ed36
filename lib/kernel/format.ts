/** A number with the bounds between which the truth lies with 95 % confidence. */
export type Estimate = { value: number; low: number; high: number };

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** A number without decimals, thousands separated: for tables and cards. Never "-0". */
export function formatWhole(value: number): string {
  return whole.format(Math.round(value) + 0);
}

/** A short number for the map and its legend: 1.2K. */
export function formatShort(value: number): string {
  return short.format(Math.abs(value) < 1000 ? Math.round(value) + 0 : value).replace("K", "k");
}

/** Whether the interval is so wide that the number says nothing: it reaches zero, or is wider than twice the number. */
export function isTooFewToTell({ value, low, high }: Estimate): boolean {
  return low <= 0 || high - low >= 2 * Math.abs(value);
}

/**
 * A number with its interval and unit: "2,400 ± 320 vehicles" when both sides are alike (within a tenth of the interval),
 * else "28 km/h (24–33)"; "too few to tell" when the interval swallows the number.
 */
export function formatEstimate(estimate: Estimate, unit?: string): string {
  if (isTooFewToTell(estimate)) return "too few to tell";
  const { value, low, high } = estimate;
  const tail = unit === undefined ? "" : ` ${unit}`;
  const lopsided = Math.abs(high - value - (value - low)) > 0.1 * (high - low);
  if (lopsided) return `${formatWhole(value)}${tail} (${formatWhole(low)}–${formatWhole(high)})`;
  return `${formatWhole(value)} ± ${formatWhole((high - low) / 2)}${tail}`;
}

const raised: Readonly<Record<string, string>> = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

/** A very small or large number with two digits and a power of ten: 9.7 × 10⁻⁴. Zero is "0". */
export function formatPower(value: number): string {
  if (value === 0) return "0";
  const [digits = "", power = ""] = value.toExponential(1).split("e");
  return `${digits} × 10${Array.from(power.replace("+", ""), (sign) => raised[sign] ?? sign).join("")}`;
}

/** An amount of a token in its smallest units, with two decimals (more when it has more) and its symbol. */
export function formatMoney(amount: bigint, { decimals, symbol }: { decimals: number; symbol: string }): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(decimals + 1, "0");
  const units = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, "").padEnd(2, "0");
  return `${amount < 0n ? "-" : ""}${whole.format(BigInt(units))}.${fraction} ${symbol}`;
}

/** A length of time a person can plan with: "40 s", "3 min", "1 h 20 min", from two days on "30 days". Rounded up, never negative. */
export function formatDuration(seconds: number): string {
  const left = Math.max(0, Math.ceil(seconds));
  if (left < 60) return `${left} s`;
  const minutes = Math.ceil(left / 60);
  if (minutes < 60) return `${minutes} min`;
  if (minutes >= 2 * 1440) return `${Math.ceil(minutes / 1440)} days`;
  const rest = minutes % 60;
  return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

/** The hour and minute of a moment in one time zone, 24 hours. */
export function formatTime(unixSeconds: number, timeZone: string): string {
  return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone }).format(unixSeconds * 1000);
}

/** The day of a moment in one time zone: "Tue 24 Nov"; with the year when asked for. */
export function formatDay(unixSeconds: number, timeZone: string, { year = false }: { year?: boolean } = {}): string {
  const parts: Intl.DateTimeFormatOptions = { weekday: "short", day: "numeric", month: "short", timeZone };
  return new Intl.DateTimeFormat("en-GB", year ? { ...parts, year: "numeric" } : parts).format(unixSeconds * 1000).replace(",", "");
}

/** A span of time in one zone: "Tue 24 Nov, 14:00–14:30", with the second day when it is another one. */
export function formatSpan(start: number, end: number, timeZone: string): string {
  const [from, until] = [formatDay(start, timeZone), formatDay(end, timeZone)];
  const days = (end - start) / 86_400;
  if (days >= 2) return `${formatDay(start, timeZone, { year: true })} – ${formatDay(end - 1, timeZone, { year: true })}`;
  const last = from === until ? formatTime(end, timeZone) : `${until}, ${formatTime(end, timeZone)}`;
  return `${from}, ${formatTime(start, timeZone)}–${last}`;
}

/** Whether two zones show the same hour at that moment. */
export function isSameTime(unixSeconds: number, zone: string, other: string): boolean {
  return formatSpan(unixSeconds, unixSeconds, zone) === formatSpan(unixSeconds, unixSeconds, other);
}
