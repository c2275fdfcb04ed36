/** Three cells of the grid, one of them counted. */
export function ProductMark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden className={className}>
      <path d="M16 2.5 21.2 5.5v6L16 14.5l-5.2-3v-6z" fill="var(--accent)" />
      <path d="M10 13 15.2 16v6L10 25l-5.2-3v-6z" fill="none" stroke="var(--accent-strong)" strokeWidth="2" strokeLinejoin="round" />
      <path d="M22 13 27.2 16v6L22 25l-5.2-3v-6z" fill="var(--accent-strong)" opacity="0.35" />
    </svg>
  );
}
