import type { CellEstimate } from "@/lib/privacy/model/decode-release";
import { describeSpeed, describeVehicles } from "@/lib/releases/model/cell-words";

type CellTooltipProps = { x: number; y: number; estimate: CellEstimate | null; absence: string };

/** One line each beside the pointer; the card on click has the rest. */
export function CellTooltip({ x, y, estimate, absence }: CellTooltipProps) {
  return (
    <div
      aria-hidden
      className="pointer-events-none absolute top-0 left-0 z-10 hidden max-w-60 [@media(hover:hover)]:block rounded-control border bg-surface px-3 py-2 text-xs shadow-float tabular-nums"
      style={{ transform: `translate(min(${x + 14}px, calc(100cqw - 100% - 8px)), ${y + 14}px)` }}
    >
      {estimate?.shown === true
        ? <><p className="font-semibold">{describeVehicles(estimate)}</p><p className="text-muted">{describeSpeed(estimate)}</p></>
        : <p>{estimate === null ? absence : "Not shown: too few, or none"}</p>}
    </div>
  );
}
