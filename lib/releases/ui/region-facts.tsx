import { Facts, type Fact } from "@/components/facts";
import { PanelSection } from "@/components/panel";
import { formatDuration, formatMoney, formatPower, formatWhole } from "@/lib/kernel/format";
import type { RegionAnswer } from "@/lib/releases/schema";

function qualityFacts({ noise, region }: RegionAnswer): Fact[] {
  return [
    { term: "Count of a cell", value: `± ${formatWhole(noise.vehicles95)} vehicles`, note: "The noise's 95\u00a0% interval, whatever the count; each number shows its own." },
    { term: "Shown from", value: `${noise.threshold} in one speed class`, note: "Below it a cell is left blank. Few, none and hidden look the same." },
    { term: "Sampled", value: region.samplingRate === 1 ? "every visit" : `1 visit in ${formatWhole(1 / region.samplingRate)}` },
  ];
}

function privacyFacts({ noise, region, tiles }: RegionAnswer): Fact[] {
  const alone = region.covers.some((cover) => cover.length === 1);
  return [
    { term: "Privacy loss a day", value: <>ε {noise.epsilon.toFixed(2)}, δ {formatPower(noise.delta)}</>, note: "Per vehicle, computed from the chain's own noise constants." },
    { term: "Visits a day", value: `at most ${region.visitsMax}` },
    { term: "Needed to publish", value: `${region.ticketsMin} contributions` },
    {
      term: "What the chain sees",
      value: alone ? "the tile" : `one of ${region.covers.length} covers`,
      note: alone
        ? tiles.length === 1 ? "This region is a single tile, so taking part makes that tile public." : "A cover of one tile makes that tile public."
        : "Which of a cover's tiles a vehicle was in stays encrypted.",
    },
  ];
}

function priceFacts({ listing, region }: RegionAnswer): Fact[] {
  if (!listing.active) return [{ term: "For sale", value: "not at the moment" }];
  return [
    { term: `One tile, ${formatDuration(region.epochSeconds)}`, value: formatMoney(BigInt(listing.pricePerRelease), listing) },
    { term: "Smallest order", value: formatMoney(BigInt(listing.minimum), listing) },
  ];
}

/** How good, how private, how much. */
export function RegionFacts({ answer }: { answer: RegionAnswer }) {
  return (
    <>
      <PanelSection title="How good"><Facts facts={qualityFacts(answer)} /></PanelSection>
      <PanelSection title="How private"><Facts facts={privacyFacts(answer)} /></PanelSection>
      <PanelSection title="How much"><Facts facts={priceFacts(answer)} /></PanelSection>
    </>
  );
}
