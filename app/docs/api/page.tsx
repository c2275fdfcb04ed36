import type { Metadata } from "next";
import { createApiDocument } from "@/lib/delivery/model/document";
import { readDocument } from "@/lib/delivery/model/read-document";
import { ApiReference } from "@/lib/delivery/ui/api-reference";

export const metadata: Metadata = { title: "API", description: "Contribute, find and buy releases over HTTP." };

/** Made once, when the site is built: the document depends on the code alone. */
export const dynamic = "force-static";

export default function Page() {
  return (
    <main id="content" tabIndex={-1} className="flex-1">
      <ApiReference document={readDocument(createApiDocument())} />
    </main>
  );
}
