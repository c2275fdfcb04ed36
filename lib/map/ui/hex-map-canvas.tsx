"use client";

import { useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import type { MapTheme } from "@/lib/map/model/basemap-colors";
import { shapeCells } from "@/lib/map/model/cell-shapes";
import type { Bounds, City } from "@/lib/map/model/cities";
import type { ColorClass } from "@/lib/map/model/color-scale";
import type { MapCell } from "@/lib/map/model/map-cell";
import { emptySketch, type Sketch } from "@/lib/map/model/sketch";
import { createMapEngine, type EngineOptions, type Hover, type MapEngine } from "@/lib/map/ui/map-engine";

export type HexMapProps = {
  /** What the map shows, for those who don't see it. */
  label: string;
  city: City | null;
  theme: MapTheme;
  /** The part of the world to show; a new array moves the map. */
  bounds: Bounds;
  cells: readonly MapCell[];
  scale: readonly ColorClass[];
  sketch?: Sketch;
  selected: string | null;
  hovered: string | null;
  onHover: (hover: Hover | null) => void;
  onSelect: (cell: string | null) => void;
  onBasemapFail: () => void;
  /** This browser can't draw maps at all. */
  onMapFail: () => void;
} & Pick<EngineOptions, "isInPage" | "room">;

/** A map, or null where the browser has no WebGL to draw it with. */
function startEngine(options: EngineOptions): MapEngine | null {
  try {
    return createMapEngine(options);
  } catch {
    return null; // MapLibre throws when it gets no drawing context
  }
}

function useMapEngine(props: HexMapProps) {
  const container = useRef<HTMLDivElement>(null);
  const [engine, setEngine] = useState<MapEngine | null>(null);
  const onHover = useEffectEvent(props.onHover);
  const onSelect = useEffectEvent(props.onSelect);
  const onBasemapFail = useEffectEvent(props.onBasemapFail);
  const onMapFail = useEffectEvent(props.onMapFail);
  const start = useEffectEvent(() => ({
    theme: props.theme,
    bounds: props.bounds,
    label: props.label,
    ...(props.isInPage === undefined ? {} : { isInPage: props.isInPage }),
    ...(props.room === undefined ? {} : { room: props.room }),
  }));

  useEffect(() => {
    if (container.current === null) return;
    const created = startEngine({
      container: container.current,
      city: props.city,
      ...start(),
      events: { onHover: (hover) => onHover(hover), onSelect: (cell) => onSelect(cell), onBasemapFail: () => onBasemapFail() },
    });
    if (created === null) return onMapFail();
    setEngine(created);
    return () => {
      setEngine(null);
      created.remove();
    };
  }, [props.city]);

  return { container, engine };
}

/** Streets and hexagons. Client only: load it through `HexMap`. */
export default function HexMapCanvas(props: HexMapProps) {
  const { container, engine } = useMapEngine(props);
  const { theme, bounds, cells, scale, sketch = emptySketch, hovered, selected } = props;
  const shapes = useMemo(() => shapeCells(cells, scale), [cells, scale]);

  useEffect(() => engine?.setTheme(theme), [engine, theme]);
  useEffect(() => engine?.showBounds(bounds), [engine, bounds]);
  useEffect(() => engine?.draw({ shapes, sketch, theme, hovered, selected }), [engine, shapes, sketch, theme, hovered, selected]);

  return <div ref={container} className="h-full w-full" data-testid="map" />;
}
