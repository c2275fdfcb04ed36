import type { ChainEvent } from "@/lib/chain/model/chain-event";
import { unpackReleaseId } from "@/lib/chain/model/release-id";

/**
 * What an event tells of. Every event has exactly one scope, and each scope's facts follow from its own events alone
 * (and from its region's, which never change): so a reorganisation undoes whole scopes and folds what is left of them again.
 */
export type Scope =
  | { readonly kind: "region" | "listing"; readonly regionId: number }
  | { readonly kind: "epoch"; readonly regionId: number; readonly epoch: number }
  | { readonly kind: "opening"; readonly releaseId: string }
  | { readonly kind: "order"; readonly orderId: string }
  /** Kept for those who ask, not folded. */
  | { readonly kind: "refusal"; readonly oneTimeAddress: string }
  | { readonly kind: "other" };

const arg = (event: ChainEvent, name: string): string => String(event.args[name]);

const epochOfRelease = (event: ChainEvent): Scope => {
  const { regionId, epoch } = unpackReleaseId(BigInt(arg(event, "releaseId")));
  return { kind: "epoch", regionId, epoch };
};

export function scopeOf(event: ChainEvent): Scope {
  switch (event.name) {
    case "RegionCreated":
    case "ImportOnly":
      return { kind: "region", regionId: Number(arg(event, "regionId")) };
    case "ListingSet":
      return { kind: "listing", regionId: Number(arg(event, "regionId")) };
    case "ContributionAccepted":
    case "TileSealed":
      return { kind: "epoch", regionId: Number(arg(event, "regionId")), epoch: Number(arg(event, "epoch")) };
    case "TileNoised":
    case "ReleasePublished":
      return epochOfRelease(event);
    case "ReleaseOpened":
    case "ReleaseClosed":
      return { kind: "opening", releaseId: arg(event, "releaseId") };
    case "ContributionRefused":
      return { kind: "refusal", oneTimeAddress: arg(event, "oneTimeAddress") };
    case "OrderPaid":
    case "OrderFulfilledByCard":
    case "OrderOpened":
    case "OrderRefunded":
    case "ReaderAdded":
    case "ReaderRemoved":
      return { kind: "order", orderId: arg(event, "orderId") };
    default:
      return { kind: "other" };
  }
}

/** The scope as the index spells it, for example "epoch:1:25". */
export function formatScope(scope: Scope): string {
  return Object.values(scope).join(":");
}

/** The inverse of `formatScope`. */
export function parseScope(text: string): Scope {
  const [kind, first = "", second = ""] = text.split(":");
  switch (kind) {
    case "region":
    case "listing":
      return { kind, regionId: Number(first) };
    case "epoch":
      return { kind, regionId: Number(first), epoch: Number(second) };
    case "opening":
      return { kind, releaseId: first };
    case "order":
      return { kind, orderId: first };
    case "refusal":
      return { kind, oneTimeAddress: first };
    default:
      return { kind: "other" };
  }
}
