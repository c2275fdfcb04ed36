import type { ReactNode } from "react";

export type Fact = { term: string; value: ReactNode; note?: string };

/** Terms on the left, values on the right, with an optional line of explanation. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className="divide-y text-sm">
      {facts.map(({ term, value, note }) => (
        <div key={term} className="grid grid-cols-[auto_1fr] items-baseline gap-x-4 py-2.5 first:pt-0 last:pb-0">
          <dt className="text-muted">{term}</dt>
          <dd className="text-right tabular-nums">{value}</dd>
          {note !== undefined && <dd className="col-span-2 mt-0.5 text-xs text-muted">{note}</dd>}
        </div>
      ))}
    </dl>
  );
}
