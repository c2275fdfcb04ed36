import type { ReactNode } from "react";
import { Badge } from "@/components/badge";
import type { OperationText } from "@/lib/delivery/model/read-document";
import { FieldsTable } from "@/lib/delivery/ui/fields-table";

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="mt-4">
      <h4 className="mb-2 text-sm font-semibold">{title}</h4>
      {children}
    </div>
  );
}

function Refusals({ refusals }: Pick<OperationText, "refusals">) {
  return (
    <dl className="space-y-1 text-sm">
      {refusals.map(({ status, codes }) => (
        <div key={status} className="flex gap-4">
          <dt className="w-10 shrink-0 tabular-nums text-muted">{status}</dt>
          <dd className="flex flex-wrap gap-x-4 gap-y-1">{codes.map((code) => <code key={code} className="text-xs leading-5">{code}</code>)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** One operation: what to send, what comes back, and why it may be refused. */
export function OperationSection({ operation, server }: { operation: OperationText; server: string }) {
  const { id, method, path, summary, description, needsDevice, parameters, body, answer, refusals } = operation;
  return (
    <section aria-labelledby={id} className="border-t py-8">
      <h3 id={id} className="scroll-mt-6 text-base font-semibold">{summary}</h3>
      <p className="mt-2 flex flex-wrap items-center gap-2 text-sm">
        <Badge tone="accent">{method}</Badge>
        <code className="break-all">{server}{path}</code>
        {needsDevice ? <Badge>device token</Badge> : null}
      </p>
      {description === "" ? null : <p className="mt-3 max-w-prose text-sm">{description}</p>}
      {parameters.length === 0 ? null : <Part title="Parameters"><FieldsTable caption={`Parameters of ${summary}`} fields={parameters} /></Part>}
      {body === null || body.length === 0 ? null : <Part title="Body (JSON)"><FieldsTable caption={`Body of ${summary}`} fields={body} /></Part>}
      <Part title={`Answer ${answer.status}`}>
        <p className="mb-2 text-sm text-muted">{answer.description}</p>
        {answer.fields.length === 0 ? null : <FieldsTable caption={`Answer of ${summary}`} fields={answer.fields} />}
      </Part>
      <Part title="Refusals"><Refusals refusals={refusals} /></Part>
    </section>
  );
}
