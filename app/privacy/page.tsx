import type { Metadata } from "next";
import Link from "next/link";
import { SiteFooter } from "@/app/site-footer";
import { EyeExplorer } from "@/lib/releases/ui/eyes/eye-explorer";
import { Claims } from "@/lib/releases/ui/privacy/claims";
import { Promises } from "@/lib/releases/ui/privacy/promises";
import { YourDrive } from "@/lib/releases/ui/privacy/your-drive";

export const metadata: Metadata = { title: "How privacy works" };

/** It asks nothing of the request, so it is made once, when the site is built. */
export const dynamic = "force-static";

const contents = [
  { href: "#see", label: "What each party sees" },
  { href: "#promises", label: "What is promised" },
  { href: "#drive", label: "Your drive" },
  { href: "#claims", label: "Check the claims" },
] as const;

export default function Page() {
  return (
    <>
      <main id="content" tabIndex={-1} className="mx-auto w-full max-w-6xl flex-1 px-5 py-8 lg:px-8 lg:py-10">
        <h1 className="text-xl font-semibold tracking-tight">How privacy works</h1>
        <p className="mt-2 max-w-[62ch] text-base text-muted text-pretty">
          Where a vehicle was and how fast never leaves it unencrypted. What leaves it is added to others&apos; data while encrypted, and only a blurred sum can ever be read.
        </p>
        <nav aria-label="On this page" className="mt-4 mb-8">
          <ul className="flex flex-wrap gap-x-5 gap-y-1 text-sm">
            {contents.map(({ href, label }) => <li key={href}><Link href={href} className="inline-flex min-h-6 items-center text-accent-strong underline-offset-4 hover:underline">{label}</Link></li>)}
          </ul>
        </nav>
        <section aria-labelledby="see" className="scroll-mt-6">
          <h2 id="see" className="scroll-mt-6 text-base font-semibold">What each party sees of one drive</h2>
          <p className="mt-1 mb-4 max-w-[62ch] text-sm text-muted text-pretty">A simulated drive of fourteen minutes, worked on in your browser by the code that vehicles run. Switch the protections off and look again.</p>
          <EyeExplorer />
        </section>
        <Promises />
        <YourDrive />
        <Claims />
      </main>
      <SiteFooter />
    </>
  );
}
