import Link from "next/link";
import { ProductMark } from "@/components/product-mark";
import { SiteNav, type NavItem } from "@/components/site-nav";
import { ThemeToggle } from "@/components/theme-toggle";

const items: readonly NavItem[] = [
  { href: "/regions", label: "Regions" },
  { href: "/privacy", label: "Privacy" },
  { href: "/status", label: "Status" },
  { href: "/docs/api", label: "API" },
];

/** Where one is on the site, and the way to everywhere else. */
export function SiteHeader() {
  return (
    <header className="flex h-14 shrink-0 items-center justify-between gap-2 border-b bg-surface px-3 sm:gap-4 sm:px-4 lg:px-5">
      <Link href="/" className="flex min-w-0 items-center gap-2.5 rounded-[6px]">
        <ProductMark className="size-7 shrink-0" />
        <span className="truncate text-sm font-semibold tracking-tight max-sm:sr-only">Private Traffic Data</span>
      </Link>
      <div className="flex items-center sm:gap-2">
        <SiteNav items={items} />
        <ThemeToggle />
      </div>
    </header>
  );
}
