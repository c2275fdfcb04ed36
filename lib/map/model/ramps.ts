import type { MapTheme } from "@/lib/map/model/basemap-colors";
import type { Metric } from "@/lib/map/model/metric";

/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/**
 * Colours from the least to the most remarkable value: few to many vehicles, fast to slow.
 * Lightness runs one way through each ramp, so that it can be read with any colour vision and in grey.
 * On the light map the remarkable end is dark (after ColorBrewer's YlGnBu and YlOrRd), on the dark map it is bright (after viridis and inferno).
 */
export const ramps: Record<MapTheme, Record<Metric, readonly Rgb[]>> = {
  light: {
    count: [[206, 235, 183], [148, 214, 189], [84, 187, 193], [38, 148, 190], [33, 100, 171], [31, 45, 128]],
    speed: [[254, 230, 165], [253, 196, 112], [250, 150, 78], [233, 95, 54], [194, 39, 46], [118, 11, 42]],
  },
  dark: {
    count: [[72, 50, 132], [58, 92, 148], [42, 130, 146], [32, 166, 137], [96, 201, 98], [240, 231, 75]],
    speed: [[84, 32, 122], [128, 38, 118], [178, 52, 98], [222, 84, 62], [247, 142, 30], [250, 217, 92]],
  },
};

/** `count` colours, spread evenly over the ramp; one colour is its middle. */
export function sampleRamp(ramp: readonly Rgb[], count: number): Rgb[] {
  const last = ramp.length - 1;
  return Array.from({ length: count }, (_, index) => {
    const at = count === 1 ? last / 2 : (index * last) / (count - 1);
    return mix(ramp, at);
  });
}

function mix(ramp: readonly Rgb[], at: number): Rgb {
  const low = ramp[Math.floor(at)] ?? [0, 0, 0];
  const high = ramp[Math.ceil(at)] ?? low;
  const share = at - Math.floor(at);
  const blend = (channel: 0 | 1 | 2) => Math.round(low[channel] + share * (high[channel] - low[channel]));
  return [blend(0), blend(1), blend(2)];
}

/** The CSS form. */
export function toCss([red, green, blue]: Rgb, opacity = 1): string {
  return `rgb(${red} ${green} ${blue} / ${opacity})`;
}

/** Relative luminance by WCAG 2.2, 0 (black) to 1 (white). */
export function luminance(color: Rgb): number {
  const linear = (channel: number) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(color[0]) + 0.7152 * linear(color[1]) + 0.0722 * linear(color[2]);
}

/** The ramp in the order of rising values: for speed slow, the remarkable end, comes first. */
export function rampFor(theme: MapTheme, metric: Metric): readonly Rgb[] {
  const ramp = ramps[theme][metric];
  return metric === "speed" ? ramp.toReversed() : ramp;
}
