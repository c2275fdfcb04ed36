import { z } from "zod";
import { AppError, errorCodes } from "@/lib/kernel/errors";
import { problemSchema } from "@/lib/releases/schema";

const codeSchema = z.enum(errorCodes).catch("internal");
const timeoutMs = 25_000;

function problemOf(status: number, body: unknown): AppError {
  const parsed = problemSchema.safeParse(body);
  if (!parsed.success) return new AppError("internal", `The site answered HTTP ${status} without saying why. Nothing was lost; try again.`);
  const { code, detail, requestId } = parsed.data;
  return new AppError(codeSchema.parse(code), detail, { details: { requestId } });
}

async function ask(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { ...init, signal: AbortSignal.timeout(timeoutMs) });
  } catch (cause) {
    throw new AppError("site.unreachable", "This site does not answer. Nothing was lost; the page goes on by itself when it is back.", { cause });
  }
}

async function readAnswer<Schema extends z.ZodType>(response: Response, schema: Schema): Promise<z.output<Schema>> {
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw problemOf(response.status, body);
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new AppError("internal", "The site answered in a form that this page does not know. Reload the page: it may be an older version.", { cause: parsed.error });
}

/** Reads one of the site's own addresses. Throws the code that the site answers, or `site.unreachable`. */
export async function readSite<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>> {
  return readAnswer(await ask(path, { headers: { accept: "application/json" } }), schema);
}

/** Posts to one of the site's own addresses. Throws as `readSite` does. */
export async function postSite<Schema extends z.ZodType>(path: string, body: unknown, schema: Schema): Promise<z.output<Schema>> {
  const init = { method: "POST", headers: { "content-type": "application/json", accept: "application/json" }, body: JSON.stringify(body) };
  return readAnswer(await ask(path, init), schema);
}
