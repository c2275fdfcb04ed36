"use client";

import dynamic from "next/dynamic";
import { Skeleton } from "@/components/skeleton";

const load = () => import("@/lib/map/ui/hex-map-canvas");

// In the browser the map's code is on its way while the page around it is still being set up.
if (typeof window !== "undefined") void load().catch(() => undefined); // shown by whoever renders it

/** The one WebGL component, loaded beside the page and never on the server. */
export const HexMap = dynamic(load, {
  ssr: false,
  loading: () => <Skeleton className="h-full w-full rounded-none" />,
});
