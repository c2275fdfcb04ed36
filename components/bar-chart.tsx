export type Bar = { label: string; /** 0 to 1. */ share: number; color: string };

/** Shares of a whole as labelled bars; the percentage is written, so colour and length are only for looking. */
export function BarChart({ label, bars }: { label: string; bars: readonly Bar[] }) {
  const most = Math.max(0.01, ...bars.map(({ share }) => share));
  return (
    <table className="w-full text-xs">
      <caption className="sr-only">{label}</caption>
      <tbody>
        {bars.map(({ label: name, share, color }) => (
          <tr key={name}>
            <th scope="row" className="w-16 py-[3px] pr-2 text-left font-normal whitespace-nowrap text-muted tabular-nums">{name}</th>
            <td className="py-[3px]">
              <span aria-hidden className="block h-3 rounded-[3px]" style={{ width: `${(100 * share) / most}%`, minWidth: share > 0 ? 2 : 0, background: color }} />
            </td>
            <td className="w-10 py-[3px] pl-2 text-right tabular-nums">{Math.round(share * 100)} %</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
