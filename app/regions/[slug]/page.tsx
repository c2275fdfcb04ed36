import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { readStart, RegionPage } from "@/app/region-page";
import { nameOfSlug } from "@/lib/releases/model/region-name";

type Props = { params: Promise<{ slug: string }>; searchParams: Promise<{ epoch?: string | string[] }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { slug } = await params;
  const start = await readStart(slug);
  return { title: start === null || start === "unknown" ? nameOfSlug(slug) : start.region.name };
}

export default async function Page({ params, searchParams }: Props) {
  const [{ slug }, { epoch }] = await Promise.all([params, searchParams]);
  const start = await readStart(slug);
  if (start === "unknown") notFound();
  return <RegionPage slug={slug} start={start} epoch={epoch} />;
}
