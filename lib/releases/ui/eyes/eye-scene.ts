import type { MapTheme } from "@/lib/map/model/basemap-colors";
import type { Bounds } from "@/lib/map/model/cities";
import { buildScale, type ColorClass } from "@/lib/map/model/color-scale";
import { boundsOf, cellRing, type Position } from "@/lib/map/model/geometry";
import type { MapCell } from "@/lib/map/model/map-cell";
import { rampFor, sampleRamp } from "@/lib/map/model/ramps";
import { emptySketch, type Sketch } from "@/lib/map/model/sketch";
import { travel } from "@/lib/geo/model/sphere";
import type { Position as Place } from "@/lib/geo/model/track";
import { sampleDriveRegion } from "@/lib/privacy/model/sample-drive";
import type { Eye } from "@/lib/releases/model/eyes";
import type { DriveFacts } from "@/lib/releases/ui/eyes/drive-facts";

export type EyeScene = { cells: MapCell[]; scale: ColorClass[]; sketch: Sketch; bounds: Bounds };

const cornersOfDisc = 48;

const toPosition = ({ longitude, latitude }: Place): Position => [longitude, latitude];

function discRing({ centre, radiusMetres }: DriveFacts["followed"]["discs"][number]): Position[] {
  return Array.from({ length: cornersOfDisc + 1 }, (_, corner) => toPosition(travel(centre, (2 * Math.PI * corner) / cornersOfDisc, radiusMetres)));
}

function deviceScene({ followed }: DriveFacts, theme: MapTheme): Omit<EyeScene, "bounds"> {
  const { crossed, counted, driven, kept, discs } = followed;
  const cells = crossed.map(({ cell, speedClass }): MapCell => (counted.has(cell) ? { cell, kind: "value", value: speedClass, nearThreshold: false } : { cell, kind: "closed" }));
  const colors = sampleRamp(rampFor(theme, "speed"), 5);
  const scale = colors.map((color, speedClass): ColorClass => ({ from: speedClass, to: speedClass + 1, color }));
  const lines = [
    ...driven.map((path) => ({ path: path.map(toPosition), look: "cut" as const })),
    ...kept.map((path) => ({ path: path.map(toPosition), look: "kept" as const })),
  ];
  return { cells, scale, sketch: { lines, areas: discs.map((disc) => ({ ring: discRing(disc), look: "cut" as const })) } };
}

/** Inside of a cover every tile looks alike: that is what the chain sees. */
function sentScene({ followed }: DriveFacts): Omit<EyeScene, "bounds"> {
  const areas = (followed.sent?.tiles ?? []).map((tile) => ({ ring: cellRing(tile), look: "sent" as const }));
  return { cells: [], scale: [], sketch: { ...emptySketch, areas } };
}

function buyerScene({ sum }: DriveFacts, theme: MapTheme): Omit<EyeScene, "bounds"> {
  const cells = sum.map((estimate): MapCell =>
    estimate.shown ? { cell: estimate.cell, kind: "value", value: estimate.vehicles.value, nearThreshold: false } : { cell: estimate.cell, kind: "not-shown" });
  const values = sum.flatMap((estimate) => (estimate.shown ? [estimate.vehicles.value] : []));
  return { cells, scale: buildScale(values, { steps: "quantile", ramp: rampFor(theme, "count") }), sketch: emptySketch };
}

const everywhere = boundsOf(sampleDriveRegion.covers.flat()) ?? [-87.8, 41.8, -87.6, 41.95];

/** Around the whole drive, ends included. */
function boundsOfDrive({ followed }: DriveFacts): Bounds {
  const places = followed.driven.flat();
  const [longitudes, latitudes] = [places.map(({ longitude }) => longitude), places.map(({ latitude }) => latitude)];
  const margin = 0.012;
  return places.length === 0 ? everywhere : [Math.min(...longitudes) - margin, Math.min(...latitudes) - margin, Math.max(...longitudes) + margin, Math.max(...latitudes) + margin];
}

/** What one party sees of the drive, ready for the map. */
export function eyeScene(eye: Eye, facts: DriveFacts | null, theme: MapTheme): EyeScene {
  if (facts === null) return { cells: [], scale: [], sketch: emptySketch, bounds: everywhere };
  switch (eye) {
    case "device":
      return { ...deviceScene(facts, theme), bounds: boundsOfDrive(facts) };
    case "chain":
    case "operator":
      return { ...sentScene(facts), bounds: everywhere };
    case "buyer":
      return { ...buyerScene(facts, theme), bounds: everywhere };
  }
}
