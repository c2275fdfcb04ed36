import { z } from "zod";

/** One line of a table of fields; `depth` is how deep it lies in objects and lists. */
export type FieldLine = { path: string; name: string; depth: number; type: string; isRequired: boolean; note: string };

export type AnswerText = { status: string; description: string; fields: FieldLine[]; type: string };

export type OperationText = {
  id: string;
  method: string;
  path: string;
  summary: string;
  description: string;
  needsDevice: boolean;
  parameters: FieldLine[];
  body: FieldLine[] | null;
  answer: AnswerText;
  refusals: { status: string; codes: string[] }[];
};

export type TagText = { name: string; description: string; operations: OperationText[] };
export type DocumentText = { title: string; description: string; server: string; tags: TagText[] };

const schemaSchema = z.record(z.string(), z.unknown());
type JsonSchema = z.infer<typeof schemaSchema>;

const contentSchema = z.record(z.string(), z.object({ schema: schemaSchema }));
const operationSchema = z.object({
  operationId: z.string(),
  summary: z.string(),
  description: z.string().default(""),
  tags: z.array(z.string()),
  security: z.array(z.unknown()).default([]),
  parameters: z.array(z.object({ name: z.string(), in: z.string(), required: z.boolean().default(false), description: z.string().default(""), schema: schemaSchema })).default([]),
  requestBody: z.object({ content: contentSchema }).optional(),
  responses: z.record(z.string(), z.object({ description: z.string(), content: contentSchema })),
});
const documentSchema = z.object({
  info: z.object({ title: z.string(), description: z.string() }),
  servers: z.array(z.object({ url: z.string() })).min(1),
  tags: z.array(z.object({ name: z.string(), description: z.string() })),
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
});

const listSchema = z.array(schemaSchema).catch([]);
const mapSchema = z.record(z.string(), schemaSchema).catch({});
const namesSchema = z.array(z.string()).catch([]);
const numberSchema = z.number().optional().catch(undefined);

const withoutNull = (schema: JsonSchema): JsonSchema => listSchema.parse(schema["anyOf"]).find(({ type }) => type !== "null") ?? schema;

function rangeOf(schema: JsonSchema): string {
  const [least, most] = [numberSchema.parse(schema["minimum"]), numberSchema.parse(schema["maximum"])];
  if (least !== undefined && most !== undefined) return ` ${least} to ${most}`;
  return least === undefined ? "" : ` from ${least}`;
}

/** A schema's type in a few words. */
function typeOf(schema: JsonSchema): string {
  const own = withoutNull(schema);
  const nullable = own === schema ? "" : " or null";
  if (Array.isArray(own["enum"])) return `${own["enum"].map((value) => JSON.stringify(value)).join(" | ")}${nullable}`;
  if (own["type"] === "array") return `list of ${typeOf(schemaSchema.catch({}).parse(own["items"]))}${nullable}`;
  if (own["type"] === "string") return `${own["format"] === "uuid" ? "UUID" : "text"}${nullable}`;
  if (own["type"] === "integer") return `integer${rangeOf(own)}${nullable}`;
  return `${typeof own["type"] === "string" ? own["type"] : "any"}${nullable}`;
}

/** The object that a schema's value is, or that its list holds. */
function inside(schema: JsonSchema): JsonSchema {
  const own = withoutNull(schema);
  return own["type"] === "array" && own["items"] !== undefined ? inside(schemaSchema.catch({}).parse(own["items"])) : own;
}

function describeFields(schema: JsonSchema, { depth = 0, parent = "" }: { depth?: number; parent?: string } = {}): FieldLine[] {
  const object = inside(schema);
  const required = new Set(namesSchema.parse(object["required"]));
  return Object.entries(mapSchema.parse(object["properties"])).flatMap(([name, field]) => {
    const path = `${parent}${name}`;
    const pattern = typeof withoutNull(field)["pattern"] === "string" ? `matches ${String(withoutNull(field)["pattern"])}` : "";
    const note = typeof field["description"] === "string" ? field["description"] : pattern;
    return [{ path, name, depth, type: typeOf(field), isRequired: required.has(name), note }, ...describeFields(field, { depth: depth + 1, parent: `${path}.` })];
  });
}

function readOperation(path: string, method: string, operation: z.infer<typeof operationSchema>): OperationText {
  const entries = Object.entries(operation.responses);
  const [status = "", good] = entries.find(([code]) => code.startsWith("2")) ?? [];
  const goodSchema = good?.content["application/json"]?.schema ?? {};
  const body = operation.requestBody?.content["application/json"]?.schema;
  return {
    id: operation.operationId, method: method.toUpperCase(), path, summary: operation.summary, description: operation.description,
    needsDevice: operation.security.length > 0,
    parameters: operation.parameters.map(({ name, in: place, required, description, schema }) =>
      ({ path: `${place}.${name}`, name, depth: 0, type: `${typeOf(schema)} in the ${place}`, isRequired: required, note: description })),
    body: body === undefined ? null : describeFields(body),
    answer: { status, description: good?.description ?? "", fields: describeFields(goodSchema), type: typeOf(goodSchema) },
    refusals: entries.filter(([code]) => !code.startsWith("2")).map(([code, { description }]) => ({ status: code, codes: description.split(", ") })),
  };
}

/** An OpenAPI document of this API as a page shows it. Throws when it is not of the form that `createApiDocument` makes. */
export function readDocument(document: unknown): DocumentText {
  const { info, servers, tags, paths } = documentSchema.parse(document);
  const all = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ tags: operation.tags, text: readOperation(path, method, operation) })));
  return {
    title: info.title,
    description: info.description,
    server: servers[0]?.url ?? "",
    tags: tags.map(({ name, description }) => ({ name, description, operations: all.filter((one) => one.tags.includes(name)).map(({ text }) => text) })),
  };
}
