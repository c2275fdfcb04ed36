import { formatDuration, formatMoney, formatWhole } from "@/lib/kernel/format";
import type { Listing } from "@/lib/chain/model/order";
import { regionTiles, type Region } from "@/lib/geo/model/region";
import { accounting, expectedErrors, type ExpectedErrors, type PrivacyLoss } from "@/lib/privacy/model/accounting";
import type { NoiseLaw } from "@/lib/privacy/model/noise-law";
import type { Output } from "@/scripts/cli/output";

export type RegionFacts = {
  region: Region;
  law: NoiseLaw;
  loss: PrivacyLoss;
  errors: ExpectedErrors;
  listing: Listing;
  token: { symbol: string; decimals: number };
};

/** What follows from a region's parameters: its exact privacy loss and the errors that a reader has to expect. */
export function factsOf(region: Region, law: NoiseLaw, sale: { listing: Listing; token: { symbol: string; decimals: number } }): RegionFacts {
  return { region, law, loss: accounting(law, region.visitsMax), errors: expectedErrors(law, region.samplingRate), ...sale };
}

/** Days from two on, hours and less below. */
function lastsFor(seconds: number): string {
  return seconds >= 172_800 && seconds % 86_400 === 0 ? `${formatWhole(seconds / 86_400)} days` : formatDuration(seconds);
}

function counted(count: number, one: string, many: string): string {
  return `${formatWhole(count)} ${count === 1 ? one : many}`;
}

const iso = (unixSeconds: number): string => new Date(unixSeconds * 1_000).toISOString().replace(".000Z", "Z");

function saleOf({ listing, token }: RegionFacts): string {
  return listing.active ? `${formatMoney(listing.pricePerRelease, token)} or ${formatMoney(listing.priceFiatMinor, { decimals: 2, symbol: "EUR" })}` : "not for sale";
}

/** Label and value of each fact, in the order in which people ask. */
export function describeFacts(facts: RegionFacts): [label: string, value: string][] {
  const { region, law, loss, errors } = facts;
  const tiles = regionTiles(region);
  const edges = region.speedEdges.join(", ");
  return [
    ["Region", `${region.slug}, number ${region.id} on chain ${region.chainId ?? 0}`],
    ["Tiles", `${formatWhole(tiles.length)} of H3 resolution ${region.tileResolution}, in ${counted(region.covers.length, "cover", "covers")}`],
    ["Begins", iso(region.start)],
    ["Epoch", `${lastsFor(region.epochSeconds)}, open ${lastsFor(region.graceSeconds)} longer`],
    ...(region.studyUntil === null ? [] : [["Study", `every epoch stays open until ${iso(region.studyUntil)}`] satisfies [string, string]]),
    ["Speed classes", `below, between and above ${edges} km/h`],
    ["Sampling", `p = ${region.samplingRate}; at most ${region.visitsMax} visits of a vehicle and day (L0)`],
    ["Release", `needs ${counted(region.ticketsMin, "contribution", "contributions")}; a cell is shown from a noised count of ${law.threshold} in one class`],
    ["Noise", `profile ${region.profile}, e = ${law.epsilonPerVisit} a sampled visit`],
    ["Privacy", `epsilon ${loss.epsilon}, delta ${loss.delta.toExponential(2)} of a vehicle's day (exact)`],
    ["Expected error", `±${errors.count95} sampled visits, ±${formatWhole(errors.vehicles95)} vehicles a cell (95 %, noise alone); standard deviation of a class ${errors.classSpread.toFixed(2)}`],
    ["Empty cells shown", errors.emptyShown === 0 ? "never" : `${errors.emptyShown.toPrecision(2)} by chance, per tile and epoch`],
    ["Price", saleOf(facts)],
  ];
}

/** Prints a region: a table for people, one line for machines. */
export function printFacts(facts: RegionFacts, output: Output): void {
  const { region, law, loss, errors, listing } = facts;
  const lines = describeFacts(facts);
  const width = Math.max(...lines.map(([label]) => label.length));
  for (const [label, value] of lines) output.say(`${label.padEnd(width)}  ${value}`);
  if (region.profile === "demo") output.say("Demonstration parameters: not for real people.");
  const { digits, precisionBits, threshold } = law;
  output.emit({ type: "region", region, noise: { digits, precisionBits, threshold, ...loss, ...errors }, listing });
}
