"use client";

import { Check, ChevronDown } from "lucide-react";
import { DropdownMenu as Primitive } from "radix-ui";
import Link from "next/link";
import { Button } from "@/components/button";

export type MenuLink = { href: string; label: string; detail: string; isCurrent: boolean };

/** A short list of places to go to, behind a button that names the present one. */
export function LinkMenu({ label, links }: { label: string; links: readonly MenuLink[] }) {
  return (
    <Primitive.Root>
      <Primitive.Trigger asChild>
        <Button tone="quiet" size="small" className="text-sm">{label}<ChevronDown aria-hidden className="size-4" /></Button>
      </Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content align="end" sideOffset={6} collisionPadding={8} className="z-50 max-h-80 min-w-56 animate-rise overflow-y-auto rounded-control border bg-surface p-1 shadow-float">
          {links.map(({ href, label: name, detail, isCurrent }) => (
            <Primitive.Item key={href} asChild className="flex items-center justify-between gap-4 rounded-[6px] px-3 py-2 text-sm outline-none data-highlighted:bg-sunken">
              <Link href={href} aria-current={isCurrent ? "page" : undefined}>
                <span><span className="block">{name}</span><span className="block text-xs text-muted">{detail}</span></span>
                {isCurrent && <Check aria-hidden className="size-4 text-accent-strong" />}
              </Link>
            </Primitive.Item>
          ))}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
