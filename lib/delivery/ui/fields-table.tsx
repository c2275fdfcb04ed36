import type { FieldLine } from "@/lib/delivery/model/read-document";

const indents = ["pl-3", "pl-7", "pl-11", "pl-14"] as const;

/** Fields with their types. A wide table scrolls in itself, by keyboard too. */
export function FieldsTable({ caption, fields }: { caption: string; fields: readonly FieldLine[] }) {
  return (
    <div role="region" aria-label={caption} tabIndex={0} className="overflow-x-auto rounded-control border">
      <table className="w-full min-w-[34rem] border-separate border-spacing-0 text-sm">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr>
            {["Field", "Type", "Meaning"].map((header) => <th key={header} scope="col" className="border-b bg-sunken px-3 py-2 text-left text-xs font-normal text-muted">{header}</th>)}
          </tr>
        </thead>
        <tbody>
          {fields.map(({ path, name, depth, type, isRequired, note }) => (
            <tr key={path} className="align-top [&:last-child>*]:border-b-0">
              <th scope="row" className={`border-b py-2 pr-3 text-left font-normal ${indents[Math.min(depth, 3)] ?? "pl-14"}`}>
                <code>{name}</code>
                {isRequired ? "" : <span className="text-muted"> optional</span>}
              </th>
              <td className="border-b px-3 py-2 text-muted">{type}</td>
              <td className="border-b px-3 py-2 break-words">{note}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
