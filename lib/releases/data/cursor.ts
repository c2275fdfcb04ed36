import { AppError } from "@/lib/kernel/errors";

/** Where a page ends, as an opaque word of letters, digits, hyphens and underscores. */
export function encodeCursor(parts: readonly (string | number)[]): string {
  return Buffer.from(parts.join("\n")).toString("base64url");
}

/** The parts of a cursor that this site has given; throws `request.invalid` on any other. */
export function decodeCursor(cursor: string, patterns: readonly RegExp[]): string[] {
  const parts = Buffer.from(cursor, "base64url").toString("latin1").split("\n");
  if (parts.length === patterns.length && parts.every((part, index) => patterns[index]?.test(part) === true)) return parts;
  throw new AppError("request.invalid", "Bad query. cursor: must be a nextCursor of the page before.");
}
