import { CopyButton } from "@/components/copy-button";

const command = "npm run upload-data -- drive.gpx --region loop-pilot --shift-to now --dry-run";

/** How somebody who drives takes part today. */
export function YourDrive() {
  return (
    <section aria-labelledby="drive" className="mt-14">
      <h2 id="drive" className="scroll-mt-6 text-base font-semibold">Your drive</h2>
      <div className="mt-2 max-w-[75ch] space-y-3 text-sm text-muted text-pretty">
        <p>Recordings in GPX or CSV are read, cut, sampled and encrypted on your own machine by one command. As it stands here it only shows what would be counted and what never leaves the device; without <code className="font-mono text-xs text-ink">--dry-run</code> it sends.</p>
        <p className="flex flex-wrap items-center gap-2"><CopyButton text={command} label="Copy the command" /></p>
        <p>The same drive is counted once, however often it is sent. What your device remembers, its secret discs and its budget, stays in a folder on it: back that folder up, for a second disc around the same place would give the place away.</p>
      </div>
    </section>
  );
}
