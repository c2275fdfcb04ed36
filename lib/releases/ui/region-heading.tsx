import { Badge } from "@/components/badge";
import { Skeleton } from "@/components/skeleton";
import { formatDuration } from "@/lib/kernel/format";
import type { RegionAnswer } from "@/lib/releases/schema";

const cellsPerTile = 49;

function describeSize({ tiles, region }: RegionAnswer): string {
  const count = tiles.length === 1 ? "1 tile" : `${tiles.length.toLocaleString("en")} tiles`;
  return `${count}, ${(tiles.length * cellsPerTile).toLocaleString("en")} cells, epochs of ${formatDuration(region.epochSeconds)}`;
}

export function RegionHeading({ answer, cityName }: { answer: RegionAnswer; cityName: string | null }) {
  const { region, name } = answer;
  return (
    <div className="px-5 pt-2 pb-4 lg:px-6 lg:pt-5">
      <p className="text-xs text-muted">{cityName === null ? describeSize(answer) : `${cityName} · ${describeSize(answer)}`}</p>
      <h1 className="mt-1 text-xl font-semibold tracking-tight text-balance break-words">{name}</h1>
      <p className="mt-1 text-sm text-muted text-pretty">Traffic counts and speeds, added up while encrypted. Nobody ever sees a single drive.</p>
      <p className="mt-2.5 flex flex-wrap gap-2 empty:hidden">
        {answer.isSimulated && <Badge tone="warning">Simulated vehicles on real streets</Badge>}
        {answer.importOnly && <Badge>Past hours only, contributions are refused</Badge>}
        {region.profile === "demo" && <Badge tone="warning">Demonstration parameters, not for real people</Badge>}
      </p>
    </div>
  );
}

export function RegionHeadingSkeleton() {
  return (
    <div className="space-y-2.5 px-5 pt-2 pb-5 lg:px-6 lg:pt-6" aria-hidden>
      <Skeleton className="h-4 w-56" />
      <Skeleton className="h-8 w-40" />
      <Skeleton className="h-5 w-72" />
    </div>
  );
}
