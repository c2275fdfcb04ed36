"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";

export type NavItem = { href: string; label: string };

/** The site's sections; the one that the page belongs to is marked. */
export function SiteNav({ items }: { items: readonly NavItem[] }) {
  const path = usePathname();
  return (
    <nav aria-label="Site">
      <ul className="flex">
        {items.map(({ href, label }) => (
          <li key={href}>
            <Link
              href={href}
              aria-current={path === href ? "page" : path.startsWith(`${href}/`) ? "true" : undefined}
              className="relative flex h-14 items-center px-2 text-sm text-muted transition-colors duration-150 hover:text-ink aria-[current]:font-semibold aria-[current]:text-ink aria-[current]:after:absolute aria-[current]:after:inset-x-2 aria-[current]:after:bottom-0 aria-[current]:after:h-0.5 aria-[current]:after:bg-accent sm:px-3 sm:aria-[current]:after:inset-x-3"
            >
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
