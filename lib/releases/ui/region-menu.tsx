"use client";

import useSWR from "swr";
import { LinkMenu } from "@/components/menu";
import { formatDuration } from "@/lib/kernel/format";
import { readSite } from "@/lib/releases/gateway/site";
import { regionsSchema } from "@/lib/releases/schema";

/** The way to the other regions, when there are any. */
export function RegionMenu({ slug }: { slug: string | null }) {
  const { data } = useSWR("/api/v1/regions", (url) => readSite(url, regionsSchema), { refreshInterval: 60_000 });
  if (data === undefined || data.length < 2) return null;
  const links = data.map((region) => ({
    href: `/regions/${region.slug}`,
    label: region.name,
    detail: `${region.tiles} ${region.tiles === 1 ? "tile" : "tiles"}, epochs of ${formatDuration(region.epochSeconds)}`,
    isCurrent: region.slug === slug,
  }));
  return <LinkMenu label="Regions" links={links} />;
}
