import { cva, type VariantProps } from "class-variance-authority";
import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { classNames } from "@/components/class-names";

const styles = cva(
  "inline-flex shrink-0 items-center justify-center gap-2 rounded-control text-sm font-semibold whitespace-nowrap transition-colors duration-150 disabled:opacity-50",
  {
    variants: {
      tone: {
        primary: "bg-accent-strong text-on-accent hover:bg-[color-mix(in_oklab,var(--accent-strong)_88%,var(--ink))]",
        secondary: "border bg-surface text-ink hover:bg-sunken",
        quiet: "text-muted hover:bg-sunken hover:text-ink",
      },
      size: { medium: "h-10 px-4", small: "h-8 px-3 text-xs", icon: "size-9" },
    },
    defaultVariants: { tone: "secondary", size: "medium" },
  },
);

type ButtonProps = ComponentProps<"button"> & VariantProps<typeof styles> & { asChild?: boolean };

export function Button({ tone, size, asChild = false, className, type = "button", ...rest }: ButtonProps) {
  const Element = asChild ? Slot.Root : "button";
  return <Element type={asChild ? undefined : type} className={classNames(styles({ tone, size }), className)} {...rest} />;
}
