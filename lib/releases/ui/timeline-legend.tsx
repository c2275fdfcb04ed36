import type { EpochState } from "@/lib/releases/model/epoch-state";
import { stateNames } from "@/lib/releases/model/epoch-words";
import { EpochBlock } from "@/lib/releases/ui/epoch-block";

type TimelineLegendProps = { states: ReadonlySet<EpochState>; hasRead: boolean };

const order: EpochState[] = ["published", "publishing", "sealed", "closed", "grace", "open", "void"];

/** Names the kinds of blocks that are in sight. */
export function TimelineLegend({ states, hasRead }: TimelineLegendProps) {
  return (
    <ul className="mt-3 flex flex-wrap gap-x-4 gap-y-1.5 text-xs text-muted">
      {hasRead && <li className="flex items-center gap-1.5"><EpochBlock state="published" isRead className="size-3.5" />Yours</li>}
      {order.filter((state) => states.has(state)).map((state) => (
        <li key={state} className="flex items-center gap-1.5">
          <EpochBlock state={state} share={0.5} className="size-3.5" />
          {stateNames[state]}
        </li>
      ))}
    </ul>
  );
}
