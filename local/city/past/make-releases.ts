import { epochStart, type Region } from "@/lib/geo/model/region";
import { tileToBigInt } from "@/lib/geo/model/tile";
import { profileByName } from "@/lib/privacy/model/noise-law";
import { seededUniform } from "@/lib/privacy/model/seeded-random";
import { publishInClear } from "@/lib/privacy/model/publish-in-clear";
import { type CityRoutes, drawRoutes } from "@/local/city/past/city-routes";
import { drawTraffic } from "@/local/city/past/hour-traffic";
import type { MissingEpoch } from "@/local/city/past/past-epochs";
import type { Streets } from "@/local/city/streets";

/** One tile's release of one epoch in the clear: what a real one's planes hold. */
export type PastRelease = { readonly epoch: number; readonly tile: string; readonly tickets: number; readonly planes: readonly bigint[] };

/** Contributing vehicles of the busiest hour: so many that arterials reach the threshold, and that no tile is full. */
const VEHICLES = 10_600;
const ROUTES = 600;
const SEED = 2_026;

/** Makes any epoch's releases of a region, the same ones whenever it is asked. */
export class PastMaker {
  private readonly routes: CityRoutes;

  /** Takes some seconds. */
  constructor(private readonly region: Region, private readonly streets: Streets) {
    this.routes = drawRoutes({ streets, region, count: ROUTES, seed: SEED });
  }

  /** The releases of some tiles of an epoch. Takes a third of a second. */
  make({ epoch, tiles }: MissingEpoch): PastRelease[] {
    const { region, streets, routes } = this;
    const start = epochStart(region, epoch);
    const law = profileByName(region.profile);
    const traffic = drawTraffic({ streets, routes, region, start, epochSeconds: region.epochSeconds, vehicles: VEHICLES, seed: SEED });
    return traffic
      .filter(({ tile }) => tiles.includes(tile))
      .map(({ tile, tickets, counts }) => {
        const uniform = seededUniform(BigInt(SEED), BigInt(start), tileToBigInt(tile));
        return { epoch, tile, tickets, planes: publishInClear(counts, { law, weight: tickets, uniform }) };
      });
  }
}
