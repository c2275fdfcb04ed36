import Link from "next/link";
import { Facts, type Fact } from "@/components/facts";
import { formatPower, formatWhole } from "@/lib/kernel/format";
import { accounting, expectedErrors } from "@/lib/privacy/model/accounting";
import { profileByName } from "@/lib/privacy/model/noise-law";

const samplingRate = 1 / 8;
const visitsMax = 8;

/** The standard profile's numbers, by exact composition of the noise that the contract adds. */
function standardFacts(): Fact[] {
  const law = profileByName("standard");
  const { epsilon, delta } = accounting(law, visitsMax);
  const { classSpread, count95, vehicles95, emptyShown } = expectedErrors(law, samplingRate);
  return [
    { term: "Privacy loss of a vehicle's day", value: `ε ${epsilon.toFixed(2)}, δ ${formatPower(delta)}`, note: "Exact, from the noise's binary digits as they stand in the contract." },
    { term: "Noise on one speed class", value: `standard deviation ${classSpread.toFixed(1)}` },
    { term: "A cell's count", value: `± ${formatWhole(count95)} sampled visits`, note: `95 % interval; with 1 visit in 8 sampled that is ± ${formatWhole(vehicles95)} vehicles.` },
    { term: "A cell is shown from", value: `${law.threshold} in one speed class`, note: `An empty cell reaches that by chance ${emptyShown.toFixed(4)} times per tile and epoch.` },
  ];
}

const checks = [
  { title: "The contract can't open anything else", text: "It is not upgradeable, makes no arbitrary calls, never decrypts publicly, and one function alone lets anybody else read: the vault of a published release. A test of the compiled code counts the call sites." },
  { title: "The noise is what it says", text: "Each region's page computes its privacy loss and its errors from the constants on the chain, not from a description." },
  { title: "One release, one noise", text: "Noise is made once for a tile and epoch and sold many times. Two buyers of the same release get the same numbers, so that nothing averages out." },
  { title: "Nothing is counted twice", text: "A contribution is encrypted for, and signed by, an address that is spent with it. The same bytes in another epoch, region or order are refused." },
] as const;

/** What can be checked by whoever does not want to believe it. */
export function Claims() {
  return (
    <section aria-labelledby="claims" className="mt-14 lg:grid lg:grid-cols-[1fr_24rem] lg:gap-12">
      <div>
        <h2 id="claims" className="scroll-mt-6 text-base font-semibold">Check the claims</h2>
        <ul className="mt-4 space-y-4">
          {checks.map(({ title, text }) => (
            <li key={title} className="border-t pt-4">
              <h3 className="text-sm font-semibold">{title}</h3>
              <p className="mt-1 max-w-[68ch] text-sm text-muted text-pretty">{text}</p>
            </li>
          ))}
        </ul>
        <p className="mt-6 text-sm text-muted">
          Regions, epochs, releases and orders can be read without an account: <Link href="/docs/api" className="text-accent-strong underline underline-offset-4">the API</Link>.
        </p>
      </div>
      <div className="mt-8 rounded-control border bg-surface p-5 lg:mt-0 lg:self-start">
        <h3 className="mb-3 text-sm font-semibold">The standard profile</h3>
        <Facts facts={standardFacts()} />
      </div>
    </section>
  );
}
