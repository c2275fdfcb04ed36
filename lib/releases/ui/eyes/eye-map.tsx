"use client";

import { useMemo, useState } from "react";
import { useTheme } from "@/components/use-theme";
import { firstCity } from "@/lib/map/model/cities";
import { HexMap } from "@/lib/map/ui/hex-map";
import { eyeNames, type Eye } from "@/lib/releases/model/eyes";
import type { DriveFacts } from "@/lib/releases/ui/eyes/drive-facts";
import { eyeScene } from "@/lib/releases/ui/eyes/eye-scene";

const room = () => ({ top: 24, bottom: 36, left: 24, right: 24 });
const ignore = () => undefined;

/** The map as one party could draw it from what it sees. */
export function EyeMap({ eye, facts }: { eye: Eye; facts: DriveFacts | null }) {
  const theme = useTheme();
  const [canDraw, setCanDraw] = useState(true);
  const scene = useMemo(() => eyeScene(eye, facts, theme), [eye, facts, theme]);
  if (!canDraw) return <p className="flex h-full items-center justify-center p-6 text-center text-sm text-muted">This browser can&apos;t draw maps. The words and numbers beside say the same.</p>;
  return (
    <HexMap
      {...scene}
      label={`${eyeNames[eye]}: the picture; the text beside it says the same`}
      city={firstCity()}
      theme={theme}
      selected={null}
      hovered={null}
      onHover={ignore}
      onSelect={ignore}
      onBasemapFail={ignore}
      onMapFail={() => setCanDraw(false)}
      isInPage
      room={room}
    />
  );
}
