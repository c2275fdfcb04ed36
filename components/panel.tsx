import { useId, type ReactNode } from "react";
import { classNames } from "@/components/class-names";

type PanelSectionProps = {
  title: string;
  /** What stands at the title's right end. */
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
};

/** One titled part of the side panel. */
export function PanelSection({ title, aside, children, className }: PanelSectionProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={classNames("border-t px-5 py-4 first:border-t-0 lg:px-6", className)}>
      <div className="mb-2 flex min-h-6 items-center justify-between gap-3">
        <h2 id={id} className="text-sm font-semibold">{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
