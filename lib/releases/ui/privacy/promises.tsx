const promises = [
  { title: "Nothing unencrypted leaves the device", text: "Where you were and how fast never leaves your device in the clear: not to us, not to the chain, not to buyers." },
  { title: "Only the sum can be read", text: "It is added to others' data while encrypted. The sum gets noise that nobody knows, and small counts are removed, before anybody can read it." },
  { title: "Your device keeps the budget", text: "You set a privacy budget for each vehicle, day and month. The device keeps the books over all regions and refuses to go over it." },
  { title: "Homes are cut out", text: "The ends of trips and the places that you mark are cut off before anything is encrypted, by a disc whose middle is not the place." },
] as const;

const limits = [
  "The network's key holders together, above their threshold, could read any ciphertext.",
  "The chain shows that somebody contributed to a set of tiles in an epoch.",
  "Each day spends its own budget: a commute that is the same for a month is not hidden from somebody who knows everybody else's data.",
  "Whoever runs the site sees the network address of a contribution while its request lasts.",
] as const;

/** What is promised, and, as plainly, what is not. */
export function Promises() {
  return (
    <section aria-labelledby="promises" className="mt-14">
      <h2 id="promises" className="scroll-mt-6 text-base font-semibold">What is promised</h2>
      <ol className="mt-4 grid gap-x-8 gap-y-5 sm:grid-cols-2">
        {promises.map(({ title, text }) => (
          <li key={title} className="border-t pt-4">
            <h3 className="text-sm font-semibold">{title}</h3>
            <p className="mt-1 text-sm text-muted text-pretty">{text}</p>
          </li>
        ))}
      </ol>
      <h3 className="mt-8 text-sm font-semibold">What can&apos;t be promised</h3>
      <ul className="mt-2 max-w-[75ch] list-disc space-y-1.5 pl-5 text-sm text-muted marker:text-line-strong">
        {limits.map((limit) => <li key={limit} className="text-pretty">{limit}</li>)}
      </ul>
    </section>
  );
}
