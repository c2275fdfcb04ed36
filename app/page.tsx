import { readStart, RegionPage } from "@/app/region-page";

type Props = { searchParams: Promise<{ epoch?: string | string[] }> };

/** The region that every installation begins with. */
const frontRegion = "loop-pilot";

export default async function Page({ searchParams }: Props) {
  const [{ epoch }, start] = await Promise.all([searchParams, readStart(frontRegion)]);
  return <RegionPage slug={frontRegion} start={start} epoch={epoch} />;
}
