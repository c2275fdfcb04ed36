import { classNames } from "@/components/class-names";
import { engineWords } from "@/lib/releases/model/engine-words";
import type { RegionAnswer } from "@/lib/releases/schema";

/** What is simulated, what is real, and what becomes public. */
export function RegionFooter({ answer, className }: { answer: RegionAnswer | null; className?: string }) {
  const notes = answer === null ? [] : [
    engineWords[answer.network.engine],
    ...(answer.region.profile === "demo" ? ["Demonstration parameters, not for real people"] : []),
    ...(answer.region.covers.some((cover) => cover.length === 1) ? ["A cover of one tile makes that tile public"] : []),
  ];
  return (
    <footer className={classNames("border-t bg-surface px-5 py-2 text-xs text-muted", className)}>
      <ul className="flex min-h-4 flex-wrap gap-x-5 gap-y-1">
        {notes.map((note, index) => (
          <li key={note} className="flex items-center gap-1.5">
            {index === 0 && <span aria-hidden className={classNames("size-1.5 rounded-full", answer?.network.engine === "clear" ? "bg-warning" : "bg-accent")} />}
            {note}
          </li>
        ))}
      </ul>
    </footer>
  );
}
