import { CircleAlert, CircleCheck, CircleDashed, type LucideIcon } from "lucide-react";
import { classNames } from "@/components/class-names";
import { Skeleton } from "@/components/skeleton";
import { consequenceOf, lightWords, partPurposes, partTitles, type Light } from "@/lib/delivery/model/status-words";
import { partNames, type Health } from "@/lib/delivery/schema";

export const lights: Record<Light, { icon: LucideIcon; ink: string }> = {
  ok: { icon: CircleCheck, ink: "text-accent-strong" },
  degraded: { icon: CircleDashed, ink: "text-warning" },
  down: { icon: CircleAlert, ink: "text-danger" },
};

/** Every part: whether it works, since when not, and what that means. */
export function PartList({ health }: { health: Health | null }) {
  return (
    <ul className="divide-y rounded-control border bg-surface">
      {partNames.map((part) => {
        const check = health?.checks[part];
        const { icon: Icon, ink } = lights[check?.status ?? "ok"];
        const consequence = check === undefined ? null : consequenceOf(part, check);
        return (
          <li key={part} className="grid grid-cols-[1.25rem_1fr_auto] gap-x-3 px-4 py-3 text-sm lg:px-5">
            {check === undefined ? <Skeleton className="mt-0.5 size-4 rounded-full" /> : <Icon aria-hidden className={classNames("mt-0.5 size-4", ink)} />}
            <div className="min-w-0">
              <h3 className="font-semibold">{partTitles[part]} <span className="text-xs font-normal text-muted">{partPurposes[part]}</span></h3>
              {check !== undefined && <p className="mt-0.5 text-muted tabular-nums">{check.detail}</p>}
              {consequence !== null && <p className={classNames("mt-1 text-pretty", ink)}>{consequence}</p>}
            </div>
            {check !== undefined && <p className={classNames("text-xs leading-5 font-semibold", ink)}>{lightWords[check.status]}</p>}
          </li>
        );
      })}
    </ul>
  );
}
