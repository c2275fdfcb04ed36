import { connection } from "next/server";
import { SiteFooter } from "@/app/site-footer";
import { getSample } from "@/lib/releases/data/get-sample";
import { EyeStory } from "@/lib/releases/ui/eyes/eye-story";
import { HomeHero } from "@/lib/releases/ui/home/home-hero";

const doors = (slug: string | null) => [
  { href: slug === null ? "/regions" : `/regions/${slug}`, title: "I plan a city", text: "Look at a region, see what it costs and how exact it is" },
  { href: "/privacy#drive", title: "I drive", text: "See what would leave your device, and what never does" },
  { href: "/privacy#claims", title: "I want to check the claims", text: "What is computed from the chain, and how to compute it yourself" },
] as const;

export default async function Page() {
  await connection();
  const { sample, waitingFor } = await getSample();
  return (
    <>
      <main id="content" tabIndex={-1} className="flex-1">
        <HomeHero sample={sample} waitingFor={waitingFor} doors={doors(sample?.slug ?? null)} />
        <section aria-labelledby="eyes" className="mx-auto max-w-6xl px-5 pt-14 pb-16 lg:px-8 lg:pt-20">
          <h2 id="eyes" className="text-xl font-semibold tracking-tight text-balance">One drive, seen by four</h2>
          <p className="mt-2 mb-8 max-w-[62ch] text-base text-muted text-pretty">
            The same fourteen minutes through Chicago, as each party sees them. Everything below is computed in your browser by the code that vehicles run.
          </p>
          <EyeStory />
        </section>
      </main>
      <SiteFooter />
    </>
  );
}
