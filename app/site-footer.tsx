import Link from "next/link";
import { RunningLine } from "@/lib/releases/ui/running-line";

const links = [
  { href: "/regions", label: "Regions" },
  { href: "/privacy", label: "How privacy works" },
  { href: "/status", label: "Status" },
  { href: "/docs/api", label: "API" },
] as const;

/** What is running, and where else to go. */
export function SiteFooter() {
  return (
    <footer className="border-t bg-surface px-5 py-4 text-xs text-muted lg:px-8">
      <div className="mx-auto flex max-w-6xl flex-wrap items-center justify-between gap-x-8 gap-y-3">
        <RunningLine />
        <nav aria-label="Footer">
          <ul className="flex flex-wrap gap-x-5 gap-y-1">
            {links.map(({ href, label }) => <li key={href}><Link href={href} className="inline-flex min-h-6 items-center hover:text-ink hover:underline">{label}</Link></li>)}
          </ul>
        </nav>
      </div>
    </footer>
  );
}
