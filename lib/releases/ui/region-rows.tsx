import Link from "next/link";
import { formatSpan } from "@/lib/kernel/format";
import type { RegionCard } from "@/lib/releases/model/region-card";

const zone = "America/Chicago";

/** Regions in a table: what is open and what was published last. */
export function RegionRows({ cards }: { cards: readonly RegionCard[] | null }) {
  if (cards === null) return <p className="text-sm text-muted">The regions can&apos;t be read at the moment.</p>;
  if (cards.length === 0) return <p className="text-sm text-muted">There is no region yet. Each appears here as soon as it is made on the chain.</p>;
  return (
    <div className="overflow-x-auto rounded-control border bg-surface" tabIndex={0} role="region" aria-label="Regions">
      <table className="w-full min-w-[34rem] text-left text-sm">
        <thead className="text-xs text-muted"><tr className="[&>th]:px-4 [&>th]:py-2.5 [&>th]:font-normal"><th scope="col">Region</th><th scope="col">Open epoch</th><th scope="col">Newest release</th></tr></thead>
        <tbody className="tabular-nums">
          {cards.map(({ slug, name, openEpoch, importOnly, latestPublished, epochSeconds }) => (
            <tr key={slug} className="border-t [&>*]:px-4 [&>*]:py-2.5">
              <th scope="row" className="font-normal"><Link href={`/regions/${slug}`} className="text-accent-strong underline-offset-4 hover:underline">{name}</Link></th>
              <td>{openEpoch === null ? <span className="text-muted">{importOnly ? "imports only" : "none"}</span> : formatSpan(openEpoch.start, openEpoch.end, zone)}</td>
              <td>{latestPublished === null ? <span className="text-muted">none yet</span> : formatSpan(latestPublished.start, latestPublished.start + epochSeconds, zone)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="border-t px-4 py-2 text-xs text-muted">Times in Chicago.</p>
    </div>
  );
}
