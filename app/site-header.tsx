import Link from "next/link";
import { ProductMark } from "@/components/product-mark";
import { ThemeToggle } from "@/components/theme-toggle";
import { HowItWorks } from "@/lib/releases/ui/how-it-works";
import { RegionMenu } from "@/lib/releases/ui/region-menu";

/** `slug` is the region that the page shows, if it shows one. */
export function SiteHeader({ slug = null }: { slug?: string | null }) {
  return (
    <header className="flex h-14 shrink-0 items-center justify-between gap-4 border-b bg-surface px-4 lg:px-5">
      <Link href="/" className="flex min-w-0 items-center gap-2.5 rounded-[6px]">
        <ProductMark className="size-7 shrink-0" />
        <span className="truncate text-sm font-semibold tracking-tight">Private Traffic Data</span>
      </Link>
      <div className="flex items-center gap-1">
        <RegionMenu slug={slug} />
        <HowItWorks />
        <ThemeToggle />
      </div>
    </header>
  );
}
