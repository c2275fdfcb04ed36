/** Says changes aloud to screen readers, without showing them. */
export function LiveRegion({ text }: { text: string }) {
  return <p role="status" aria-live="polite" className="sr-only">{text}</p>;
}
