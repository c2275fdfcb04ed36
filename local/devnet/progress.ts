import type { Engine, EngineProgress } from "@/local/devnet/engine";
import type { Release, ReleaseIndex } from "@/local/devnet/release-index";

export type ReleaseProgress = { releaseId: string; vault: string; done: number; total: number };
export type DevnetProgress = Omit<EngineProgress, "goals"> & { releases: ReleaseProgress[] };

/** What the engine works on, its goals grouped by the release whose planes they are. Goals of nobody's release are left out. */
export async function readProgress(engine: Pick<Engine, "progress">, index: ReleaseIndex): Promise<DevnetProgress> {
  const { goals, ...totals } = await engine.progress();
  const releases = new Map<Release, ReleaseProgress>();
  const known = goals.length === 0 ? undefined : await index.refresh();
  for (const { handle, done, total } of goals) {
    const release = known?.get(handle);
    if (release === undefined) continue;
    const sum = releases.get(release) ?? { releaseId: release.releaseId.toString(), vault: release.vault, done: 0, total: 0 };
    releases.set(release, { ...sum, done: sum.done + done, total: sum.total + total });
  }
  return { ...totals, releases: [...releases.values()] };
}
