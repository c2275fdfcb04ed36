import { localChainId } from "@/lib/chain/model/network";
import type { EpochView } from "@/lib/releases/model/epoch-view";

/** The region that every installation begins with. */
export const demoSlug = "loop-pilot";

/** The command by which somebody on the local network brings an epoch on. */
export type LocalCommand = { purpose: string; command: string };

/** What to type to see the epoch move; null on public networks, and where it moves by itself. */
export function localCommand({ chainId, slug }: { chainId: number; slug: string }, { state }: Pick<EpochView, "state">): LocalCommand | null {
  if (chainId !== localChainId) return null;
  if (state === "open" && slug === demoSlug) return { purpose: "Send a simulated fleet; three of them fill the epoch", command: "npm run demo-fleet -- --vehicles 73" };
  if (state === "closed" || state === "sealed") {
    return { purpose: "Seal and publish it", command: `npm run generate-heatmap -- --region ${slug} --epoch latest --out ${slug}.geojson` };
  }
  return null;
}
