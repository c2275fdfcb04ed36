import { readStart, RegionPage } from "@/app/region-page";
import { demoSlug } from "@/lib/releases/model/local-command";

type Props = { searchParams: Promise<{ epoch?: string | string[] }> };

export default async function Page({ searchParams }: Props) {
  const [{ epoch }, start] = await Promise.all([searchParams, readStart(demoSlug)]);
  return <RegionPage slug={demoSlug} start={start} epoch={epoch} />;
}
