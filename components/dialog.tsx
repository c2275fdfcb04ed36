"use client";

import { X } from "lucide-react";
import { Dialog as Primitive } from "radix-ui";
import type { ReactNode } from "react";
import { Button } from "@/components/button";

type DialogProps = { trigger: ReactNode; title: string; description: string; children: ReactNode };

/** A window over the page for what is read once. */
export function Dialog({ trigger, title, description, children }: DialogProps) {
  return (
    <Primitive.Root>
      <Primitive.Trigger asChild>{trigger}</Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Overlay className="fixed inset-0 z-40 bg-[oklch(0.2_0.02_235_/_0.4)]" />
        <Primitive.Content className="fixed inset-x-4 top-1/2 z-50 mx-auto max-h-[85dvh] max-w-lg -translate-y-1/2 overflow-y-auto rounded-control border bg-surface p-6 shadow-float">
          <div className="flex items-start justify-between gap-4">
            <Primitive.Title className="text-base font-semibold">{title}</Primitive.Title>
            <Primitive.Close asChild>
              <Button tone="quiet" size="icon" aria-label="Close" className="-mt-1.5 -mr-2"><X aria-hidden className="size-4" /></Button>
            </Primitive.Close>
          </div>
          <Primitive.Description className="mt-1 text-sm text-muted">{description}</Primitive.Description>
          {children}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
