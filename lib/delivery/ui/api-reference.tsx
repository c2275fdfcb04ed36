import type { DocumentText } from "@/lib/delivery/model/read-document";
import { OperationSection } from "@/lib/delivery/ui/operation-section";

const firstSteps = `curl -X POST SITE/api/v1/devices -H 'content-type: application/json' -d '{}'
curl SITE/api/v1/regions
curl 'SITE/api/v1/regions/loop-pilot/epochs?limit=4'`;

function Contents({ tags }: Pick<DocumentText, "tags">) {
  return (
    <nav aria-label="Operations" className="rounded-control border bg-surface p-5 text-sm">
      <ul className="grid gap-5 sm:grid-cols-2 lg:grid-cols-3">
        {tags.map(({ name, operations }) => (
          <li key={name}>
            <span className="font-semibold">{name}</span>
            <ul className="mt-1">
              {operations.map(({ id, summary }) => <li key={id}><a href={`#${id}`} className="inline-flex min-h-6 items-center text-accent-strong hover:underline">{summary}</a></li>)}
            </ul>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** The API's document as a page. */
export function ApiReference({ document }: { document: DocumentText }) {
  const { description, server, tags } = document;
  return (
    <div className="mx-auto w-full max-w-4xl px-5 py-10 lg:px-8">
      <h1 className="text-2xl font-semibold tracking-tight">API</h1>
      {description.split("\n\n").map((paragraph) => <p key={paragraph} className="mt-3 max-w-prose text-sm text-muted">{paragraph}</p>)}
      <p className="mt-3 text-sm"><a href={`${server}/openapi.json`} className="text-accent-strong underline underline-offset-4">OpenAPI 3.1 document</a></p>
      <pre tabIndex={0} aria-label="First steps" className="my-6 overflow-x-auto rounded-control border bg-sunken p-4 text-xs leading-6">{firstSteps}</pre>
      <Contents tags={tags} />
      {tags.map(({ name, description: about, operations }) => (
        <section key={name} aria-label={name} className="mt-10">
          <h2 className="text-lg font-semibold">{name}</h2>
          <p className="mt-1 mb-6 text-sm text-muted">{about}</p>
          {operations.map((operation) => <OperationSection key={operation.id} operation={operation} server={server} />)}
        </section>
      ))}
    </div>
  );
}
