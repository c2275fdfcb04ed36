import { createApiDocument } from "@/lib/delivery/model/document";
import { operations } from "@/lib/delivery/model/operations";
import { endpoint, serve } from "@/lib/platform/endpoint";

export const dynamic = "force-dynamic";

let document: ReturnType<typeof createApiDocument> | undefined;

const get = serve(operations.getDocument, async () => {
  document ??= createApiDocument();
  return { ...document };
});

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(get);
