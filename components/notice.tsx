import { CircleAlert, Info, TriangleAlert, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "@/components/class-names";
import { CopyButton } from "@/components/copy-button";

type Tone = "neutral" | "warning" | "danger";

const looks: Record<Tone, { icon: LucideIcon; box: string; mark: string }> = {
  neutral: { icon: Info, box: "bg-sunken", mark: "text-accent-strong" },
  warning: { icon: TriangleAlert, box: "bg-warning-soft", mark: "text-warning" },
  danger: { icon: CircleAlert, box: "bg-danger-soft", mark: "text-danger" },
};

type NoticeProps = {
  tone?: Tone;
  /** What happened, in one sentence. */
  title: string;
  /** Whether anything was lost, and what to do next. */
  children?: ReactNode;
  action?: ReactNode;
  /** Stable error code, small and copyable. */
  code?: string;
  className?: string;
};

/** A state in words: what happened, what it means, one next step. */
export function Notice({ tone = "neutral", title, children, action, code, className }: NoticeProps) {
  const { icon: Icon, box, mark } = looks[tone];
  return (
    <div role={tone === "danger" ? "alert" : undefined} className={classNames("flex gap-3 rounded-control p-4 text-sm", box, className)}>
      <Icon aria-hidden className={classNames("mt-0.5 size-4 shrink-0", mark)} />
      <div className="min-w-0 flex-1 space-y-2">
        <p className="font-semibold">{title}</p>
        {children !== undefined && <div className="space-y-2 text-muted">{children}</div>}
        {(action !== undefined || code !== undefined) && (
          <div className="flex flex-wrap items-center gap-2 pt-1">
            {action}
            {code !== undefined && <CopyButton text={code} label={`Copy the error code ${code}`} />}
          </div>
        )}
      </div>
    </div>
  );
}
