import { describe, expect, test } from "vitest";
import type { CellShape } from "@/lib/map/model/cell-shapes";
import { dottedProps, edgeProps, filledProps, hatchedProps, nearThresholdProps, outlineProps, pickableProps, ringProps } from "@/lib/map/ui/layers/cell-layer-props";

const shape: CellShape = { cell: "892664ca903ffff", ring: [[0, 0], [1, 0], [1, 1], [0, 0]], color: [1, 2, 3] };
const plain: CellShape = { ...shape, color: null };

describe("filled cells", () => {
  test("let streets shine through: 70 to 85 % opaque", () => {
    const [, , , alpha] = filledProps([shape]).getFillColor(shape);
    expect((alpha ?? 0) / 255).toBeGreaterThanOrEqual(0.7);
    expect((alpha ?? 0) / 255).toBeLessThanOrEqual(0.85);
  });

  test("a cell without a colour can't be seen, only pointed at", () => {
    expect(filledProps([plain]).getFillColor(plain)).toEqual([0, 0, 0, 1]);
    expect(filledProps([plain]).pickable).toBe(true);
  });

  test("are coloured anew when the data change", () => {
    const data = [shape];
    expect(filledProps(data).updateTriggers.getFillColor).toBe(data);
  });

  test("have no stroke when the map is far away", () => {
    const strokes = outlineProps("outline", [shape], { theme: "light", over: "value" });
    expect(strokes.widthUnits).toBe("meters");
    expect(strokes.widthMinPixels).toBe(0);
  });
});

test("cells that are not shown are hatched, at the screen's scale", () => {
  const props = hatchedProps([plain], "dark");
  expect(props.fillPatternMapping[props.getFillPattern()]).toMatchObject({ type: "hatch" });
  expect(props.fillPatternSizeUnits).toBe("pixels");
});

test("void cells have a dotted outline", () => {
  const { getDashArray: [dash, gap], capRounded } = dottedProps([plain], "light");
  expect(capRounded).toBe(true);
  expect(dash).toBeLessThan(gap);
});

test("cells that say nothing can be pointed at", () => {
  expect(pickableProps("pick", [plain])).toMatchObject({ id: "pick", pickable: true });
});

test("every theme has its own colours, and a change of theme is seen", () => {
  for (const props of [edgeProps, (data: never[], theme: "light" | "dark") => nearThresholdProps(data, theme)]) {
    expect(props([], "light")).not.toEqual(props([], "dark"));
  }
  const ring = (theme: "light" | "dark") => ringProps("ring", [shape.ring], { theme, width: 2 });
  expect(ring("light").getColor).not.toEqual(ring("dark").getColor);
  expect(ring("light").updateTriggers).not.toEqual(ring("dark").updateTriggers);
});
