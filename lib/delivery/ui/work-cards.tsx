import type { ReactNode } from "react";
import { Facts } from "@/components/facts";
import { Notice } from "@/components/notice";
import { ProgressBar } from "@/components/progress-bar";
import { formatDuration, formatWhole } from "@/lib/kernel/format";
import type { CityBeat, StartBeat } from "@/lib/delivery/model/service-beats";
import type { Progress } from "@/lib/releases/schema";

/** What the server knows of the work under way; null where it could not be read. */
export type WorkState = {
  queue: { queued: number; batched: number; acceptedToday: number; refusedToday: number; stalled: number; oldestQueuedSeconds: number | null } | null;
  stalled: readonly { kind: string; key: string; reason: string }[];
  index: { indexedBlock: number | null; headBlock: number | null } | null;
};

function WorkCard({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="rounded-control border bg-surface p-4 lg:p-5">
      <h3 className="mb-3 text-sm font-semibold">{title}</h3>
      {children}
    </section>
  );
}

const unread = <p className="text-sm text-muted">Can&apos;t be read while the database is away. Nothing is lost.</p>;

export function QueueCard({ queue }: Pick<WorkState, "queue">) {
  return (
    <WorkCard title="Contributions">
      {queue === null ? unread : (
        <Facts facts={[
          { term: "Waiting", value: formatWhole(queue.queued), ...(queue.oldestQueuedSeconds !== null && queue.queued > 0 ? { note: `The longest for ${formatDuration(queue.oldestQueuedSeconds)}.` } : {}) },
          { term: "On their way to the chain", value: formatWhole(queue.batched) },
          { term: "Accepted today", value: formatWhole(queue.acceptedToday) },
          { term: "Refused today", value: formatWhole(queue.refusedToday) },
          { term: "Stalled", value: formatWhole(queue.stalled), ...(queue.stalled > 0 ? { note: "They need somebody to look: npm run stalled -- list." } : {}) },
        ]} />
      )}
    </WorkCard>
  );
}

/** Operations of the release under way. Nothing to do is a state, not a failure. */
export function EngineCard({ progress, isLocal }: { progress: Progress | null; isLocal: boolean }) {
  const words = progress === null
    ? isLocal ? "The engine does not tell at the moment." : "The network's coprocessors compute; they don't tell how far they are."
    : progress.total > progress.done ? null : "Nothing to compute. The next release begins when an epoch closes.";
  return (
    <WorkCard title="Engine">
      {progress !== null && words === null && (
        <>
          <ProgressBar
            label="Operations on ciphertexts"
            share={progress.total === 0 ? null : progress.done / progress.total}
            detail={`${formatWhole(progress.done)} of ${formatWhole(progress.total)}${progress.secondsLeft === null ? "" : `, about ${formatDuration(progress.secondsLeft)} left`}`}
          />
          <p className="mt-3 text-xs text-muted tabular-nums">{formatWhole(progress.running)} running, {formatWhole(progress.queued)} queued, for {formatWhole(progress.releases.filter(({ done, total }) => total > done).length)} releases.</p>
        </>
      )}
      {words !== null && <p className="text-sm text-muted">{words}</p>}
    </WorkCard>
  );
}

export function IndexCard({ index }: Pick<WorkState, "index">) {
  if (index === null) return <WorkCard title="Index">{unread}</WorkCard>;
  const { indexedBlock, headBlock } = index;
  const behind = indexedBlock === null || headBlock === null ? null : Math.max(0, headBlock - indexedBlock);
  const detail = `block ${formatWhole(indexedBlock ?? 0)} of ${headBlock === null ? "unknown" : formatWhole(headBlock)}`;
  return (
    <WorkCard title="Index">
      <ProgressBar label="Read of the chain" share={headBlock === null || headBlock === 0 ? null : Math.min(1, (indexedBlock ?? 0) / headBlock)} detail={detail} />
      <p className="mt-3 text-xs text-muted tabular-nums">{behind === null ? "The chain does not answer, or has not been read yet." : behind <= 2 ? "Up to date." : `${formatWhole(behind)} blocks behind.`}</p>
    </WorkCard>
  );
}

function describeFleets({ fleets }: CityBeat): string | null {
  if (fleets?.skipped != null) return `The fleets skip this epoch: ${fleets.skipped}`;
  if (fleets?.sent === undefined) return null;
  return `${formatWhole(fleets.sent)} simulated ${fleets.sent === 1 ? "fleet has" : "fleets have"} contributed to the open epoch of Loop Pilot.`;
}

/** The demonstration's own work: its imported past and its live fleets. */
export function CityCard({ city }: { city: CityBeat | null }) {
  if (city === null) return <WorkCard title="Demo city"><p className="text-sm text-muted">It gives no sign of life. On public networks there is none; here it starts when the engine is ready.</p></WorkCard>;
  const { past } = city;
  const fleets = describeFleets(city);
  const isKnown = past?.done !== undefined && past.total !== undefined && past.total > 0;
  return (
    <WorkCard title="Demo city">
      <ProgressBar
        label="Imported past of Chicago Central"
        share={isKnown ? (past.done ?? 0) / (past.total ?? 1) : null}
        detail={isKnown ? `${formatWhole(past.done ?? 0)} of ${formatWhole(past.total ?? 0)} releases` : "not begun"}
      />
      {fleets !== null && <p className="mt-3 text-xs text-muted text-pretty">{fleets}</p>}
    </WorkCard>
  );
}

const serviceWords: Record<StartBeat["services"][number]["state"], string> = { running: "Runs", restarting: "Is started again", refused: "Refuses to start", stopped: "Is stopped" };

/** The processes of this installation. */
export function ServicesCard({ start }: { start: StartBeat }) {
  return (
    <WorkCard title="Processes">
      <Facts facts={start.services.map(({ name, state, restarts, lastEnd }) => ({
        term: name,
        value: `${serviceWords[state]}${restarts > 0 ? `, started again ${restarts} ${restarts === 1 ? "time" : "times"}` : ""}`,
        ...(state !== "running" && lastEnd !== null ? { note: lastEnd } : {}),
      }))} />
      {start.waitingFor.length > 0 && <p className="mt-3 text-xs text-warning">Waiting for {start.waitingFor.join("; ")}.</p>}
    </WorkCard>
  );
}

/** What was given up until somebody looks, each with its reason. */
export function StalledNotice({ stalled }: Pick<WorkState, "stalled">) {
  const shownMax = 5;
  if (stalled.length === 0) return null;
  return (
    <Notice tone="warning" title={`${formatWhole(stalled.length)} ${stalled.length === 1 ? "thing needs" : "things need"} somebody to look`} className="mt-4">
      <ul className="space-y-1">
        {stalled.slice(0, shownMax).map(({ kind, key, reason }) => <li key={`${kind}${key}`} className="break-words"><span className="font-mono text-xs">{kind} {key}</span>: {reason}</li>)}
      </ul>
      {stalled.length > shownMax && <p>And {formatWhole(stalled.length - shownMax)} more: npm run stalled -- list.</p>}
    </Notice>
  );
}
