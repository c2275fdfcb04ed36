"use client";

import dynamic from "next/dynamic";
import { Skeleton } from "@/components/skeleton";

/** The one WebGL component, loaded after the page and never on the server. */
export const HexMap = dynamic(() => import("@/lib/map/ui/hex-map-canvas"), {
  ssr: false,
  loading: () => <Skeleton className="h-full w-full rounded-none" />,
});
