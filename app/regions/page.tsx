import type { Metadata } from "next";
import { connection } from "next/server";
import { SiteFooter } from "@/app/site-footer";
import { within } from "@/app/within";
import { RegionCards } from "@/lib/releases/ui/region-cards";
import { RegionsWaiting } from "@/lib/releases/ui/regions-waiting";
import { listRegionCards } from "@/lib/releases/data/list-region-cards";

export const metadata: Metadata = { title: "Regions" };

export default async function Page() {
  await connection();
  const cards = await within(listRegionCards());
  return (
    <>
      <main id="content" tabIndex={-1} className="mx-auto w-full max-w-6xl flex-1 px-5 py-8 lg:px-8 lg:py-10">
        <h1 className="text-xl font-semibold tracking-tight">Regions</h1>
        <p className="mt-2 mb-6 max-w-[62ch] text-sm text-muted text-pretty">
          A region is an area that is collected and sold under one set of rules that never change: its tiles, the length of its epochs, its noise and its price.
        </p>
        {cards === null || cards.length === 0 ? <RegionsWaiting isReachable={cards !== null} /> : <RegionCards cards={cards} />}
      </main>
      <SiteFooter />
    </>
  );
}
