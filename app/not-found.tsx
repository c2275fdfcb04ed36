import Link from "next/link";
import { connection } from "next/server";
import { SiteFooter } from "@/app/site-footer";
import { Button } from "@/components/button";

export const metadata = { title: "Not found" };

/** Made for each request: an address that leads nowhere can't be known when the site is built. */
export default async function NotFound() {
  await connection();
  return (
    <>
      <main id="content" tabIndex={-1} className="flex flex-1 items-center justify-center p-6">
        <div className="max-w-sm">
          <h1 className="text-xl font-semibold">There is nothing at this address.</h1>
          <p className="mt-2 text-sm text-muted">The link may be old, or the region may have been made on a network that was reset. Nothing of yours is lost.</p>
          <Button asChild tone="primary" className="mt-5"><Link href="/regions">See all regions</Link></Button>
        </div>
      </main>
      <SiteFooter />
    </>
  );
}
