import { ArrowRight } from "lucide-react";
import Link from "next/link";

export type Door = { href: string; title: string; text: string };

/** Three ways on, one for each kind of visitor. */
export function Doors({ doors }: { doors: readonly Door[] }) {
  return (
    <ul className="divide-y border-t">
      {doors.map(({ href, title, text }) => (
        <li key={href}>
          <Link href={href} className="group flex items-center justify-between gap-4 px-5 py-3 hover:bg-sunken lg:px-6">
            <span>
              <span className="block text-sm font-semibold">{title}</span>
              <span className="block text-xs text-muted text-pretty">{text}</span>
            </span>
            <ArrowRight aria-hidden className="size-4 shrink-0 text-accent-strong transition-transform duration-150 group-hover:translate-x-0.5" />
          </Link>
        </li>
      ))}
    </ul>
  );
}
