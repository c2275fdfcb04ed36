import { z } from "zod";
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject, type ZodOpenApiResponsesObject } from "zod-openapi";
import { errorCodes, type ErrorCode } from "@/lib/kernel/errors";
import { statusOfCode } from "@/lib/platform/http-status";
import { bodyRefusals, commonRefusals, type Operation } from "@/lib/platform/operation";
import { operations } from "@/lib/delivery/model/operations";

/** Problem details (RFC 9457). */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.enum(errorCodes).meta({ description: "Stable: never renamed, never reused." }),
  detail: z.string().meta({ description: "What happened and what to do, for a person." }),
  requestId: z.string().meta({ description: "To quote when asking about it." }),
}).meta({ id: "Problem", description: "Why a request was refused." });

/** Every code with which an operation may be refused. */
export function refusalsOf(operation: Operation): ErrorCode[] {
  return [...new Set<ErrorCode>([...operation.refusals, ...(operation.body === undefined ? [] : bodyRefusals), ...commonRefusals])];
}

function problemsOf(operation: Operation): ZodOpenApiResponsesObject {
  const codes = refusalsOf(operation);
  const statuses = [...new Set(codes.map((code) => statusOfCode[code]))].toSorted((left, right) => left - right);
  return Object.fromEntries(statuses.map((status) => [String(status), {
    description: codes.filter((code) => statusOfCode[code] === status).join(", "),
    content: { "application/problem+json": { schema: problemSchema } },
  }]));
}

const idempotencyKey = z.string().regex(/^[\x21-\x7e]{1,128}$/).optional()
  .meta({ description: "The same key with the same body answers what was answered before; with another body it is refused." });

function describe(operation: Operation): ZodOpenApiOperationObject {
  const { id, tag, summary, description, params, query, body, answer, needsDevice, isRepeatable } = operation;
  return {
    operationId: id, tags: [tag], summary,
    ...(description === undefined ? {} : { description }),
    ...(needsDevice === true ? { security: [{ device: [] }] } : {}),
    requestParams: {
      ...(params === undefined ? {} : { path: params }),
      ...(query === undefined ? {} : { query }),
      ...(isRepeatable === true ? { header: z.object({ "Idempotency-Key": idempotencyKey }) } : {}),
    },
    ...(body === undefined ? {} : { requestBody: { required: true, content: { "application/json": { schema: body.schema } } } }),
    responses: {
      [`${answer.status}`]: { description: answer.description, content: { "application/json": { schema: answer.schema } } },
      ...problemsOf(operation),
    },
  };
}

function describePaths(): ZodOpenApiPathsObject {
  const paths: ZodOpenApiPathsObject = {};
  for (const operation of Object.values(operations)) {
    paths[operation.path] = { ...paths[operation.path], [operation.method.toLowerCase()]: describe(operation) };
  }
  return paths;
}

const about = `Encrypted traffic histograms: contribute, find and buy releases.

Every refusal is application/problem+json with a stable code, a sentence and a request id. Bodies are JSON; unknown fields are refused. Lists are answered in pages: ask again with nextCursor. Requests are limited for each network address (429 with Retry-After).`;

/** The API as an OpenAPI 3.1 document, made from the schemas that check its requests. */
export function createApiDocument(): ReturnType<typeof createDocument> {
  return createDocument({
    openapi: "3.1.0",
    info: { title: "Private Traffic Data Marketplace", version: "1", description: about },
    servers: [{ url: "/api/v1" }],
    tags: [
      { name: "Contributing", description: "From a device to the chain." },
      { name: "Regions", description: "What is collected where." },
      { name: "Releases", description: "What was published." },
      { name: "Buying", description: "Prices and orders." },
      { name: "About", description: "The API itself." },
    ],
    paths: describePaths(),
    components: { securitySchemes: { device: { type: "http", scheme: "bearer", description: "A device's token, from POST /devices." } } },
  });
}
