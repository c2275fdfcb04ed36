import Link from "next/link";
import { SiteHeader } from "@/app/site-header";
import { Button } from "@/components/button";

export const metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <div className="flex h-dvh flex-col">
      <SiteHeader />
      <main className="flex flex-1 items-center justify-center p-6">
        <div className="max-w-sm">
          <h1 className="text-xl font-semibold">There is nothing at this address.</h1>
          <p className="mt-2 text-sm text-muted">The link may be old, or the region may have been made on a network that was reset. Nothing of yours is lost.</p>
          <Button asChild tone="primary" className="mt-5"><Link href="/">Go to Loop Pilot</Link></Button>
        </div>
      </main>
    </div>
  );
}
