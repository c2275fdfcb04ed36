"use client";

import { Facts, type Fact } from "@/components/facts";
import { Skeleton } from "@/components/skeleton";
import { formatSpan, formatWhole } from "@/lib/kernel/format";
import { bytesOnChain } from "@/lib/privacy/model/follow-drive";
import type { Eye } from "@/lib/releases/model/eyes";
import type { DriveFacts } from "@/lib/releases/ui/eyes/drive-facts";

const cityZone = "America/Chicago";
const toHex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

function deviceFacts({ followed: { report, discs } }: DriveFacts): Fact[] {
  return [
    { term: "Recorded", value: `${formatWhole(report.points)} positions, ${(report.metres / 1000).toFixed(1)} km` },
    { term: "Cut by secret discs", value: discs.length === 0 ? "nothing" : `${formatWhole(report.cutMetres)} m`, note: discs.length === 0 ? "Both ends of the drive would be in plain sight of the statistics." : "Each disc lies off its place by a random offset that stays the same for ever." },
    { term: "Cells crossed", value: formatWhole(report.cells) },
    { term: "Sampled at random", value: formatWhole(report.sampled) },
    { term: "Within the day's budget", value: formatWhole(report.kept) },
    ...(report.otherCover > 0 ? [{ term: "In another set of tiles, dropped", value: formatWhole(report.otherCover) }] : []),
    { term: "Encrypted and sent", value: report.counted === 1 ? "1 visit" : `${formatWhole(report.counted)} visits`, note: "Coloured by speed. Everything else on this map never leaves the device." },
  ];
}

function chainFacts({ followed: { sent }, start, end, noise }: DriveFacts): Fact[] {
  if (sent === null) return [{ term: "Contribution", value: "none", note: "Nothing of this drive was sampled, so nothing was sent. Draw again." }];
  const { handles, proof, address, signatures } = bytesOnChain(sent.tiles.length);
  return [
    { term: "When", value: formatSpan(start, end, cityZone) },
    { term: "Where", value: `one set of ${sent.tiles.length} tiles`, note: "Some 20 km². In which of them the vehicle was stays encrypted." },
    { term: "Who", value: <span className="font-mono text-xs">0x{toHex(noise.slice(0, 4))}…{toHex(noise.slice(4, 6))}</span>, note: "An address made for this one contribution and never used again." },
    { term: "What", value: `${formatWhole(handles + proof + address + signatures)} bytes`, note: `${handles} of handles, ${proof} of proof, ${address + signatures} of address and signatures. The ciphertext itself, some 20,000 bytes, goes to those who compute.` },
  ];
}

function operatorFacts(facts: DriveFacts): Fact[] {
  return [
    ...chainFacts(facts).filter(({ term }) => term !== "What"),
    { term: "Ticket", value: "one contribution", note: "Given to a registered device and signed for the one-time address. The device's count of the day is kept, the address is not." },
    { term: "Connection", value: "a network address", note: "Seen while the request lasts, never written beside a contribution. Send through a relay of your choice to hide it too." },
  ];
}

function buyerFacts({ sum, followed, vehicles95, threshold, epsilon }: DriveFacts): Fact[] {
  const shown = sum.filter((estimate) => estimate.shown).length;
  const moved = followed.report.counted;
  return [
    { term: "Cells shown", value: `${formatWhole(shown)} of ${formatWhole(sum.length)}`, note: `Below ${threshold} in every speed class a cell is blank. Few, none and hidden look the same.` },
    { term: "A cell's interval", value: `at least ± ${formatWhole(vehicles95)} vehicles`, note: `This drive moved ${moved === 0 ? "no number at all" : `${moved} of the numbers by 8 vehicles each`}: one sampled visit stands for eight.` },
    { term: "Privacy loss of a day", value: `ε ${epsilon.toFixed(1)}`, note: "The most that all of a vehicle's contributions of one day can tell anybody, whatever else they know." },
  ];
}

/** A look at the bytes: of real length, and as meaningless as the real ones to whoever has no key. */
function Bytes({ facts }: { facts: DriveFacts }) {
  const { sent } = facts.followed;
  if (sent === null) return null;
  const { handles, proof } = bytesOnChain(sent.tiles.length);
  const hex = toHex(facts.noise.slice(0, handles + proof));
  return (
    <figure className="mt-4">
      <figcaption className="mb-1.5 text-xs text-muted">Handles and proof, {handles + proof} bytes. These are random bytes of that length; the real ones look no different.</figcaption>
      <p aria-hidden className="max-h-36 overflow-hidden rounded-control bg-sunken p-3 font-mono text-[0.6875rem] leading-4 break-all text-muted [mask-image:linear-gradient(black_60%,transparent)]">{hex}</p>
    </figure>
  );
}

const factsOf: Record<Eye, (facts: DriveFacts) => Fact[]> = { device: deviceFacts, chain: chainFacts, operator: operatorFacts, buyer: buyerFacts };

/** What one party knows of the drive, in numbers. */
export function EyePanel({ eye, facts }: { eye: Eye; facts: DriveFacts | null }) {
  if (facts === null) return <div className="space-y-3" aria-hidden><Skeleton className="h-5" /><Skeleton className="h-5" /><Skeleton className="h-5" /><Skeleton className="h-5" /></div>;
  return (
    <>
      <Facts facts={factsOf[eye](facts)} />
      {(eye === "chain" || eye === "operator") && <Bytes facts={facts} />}
    </>
  );
}
