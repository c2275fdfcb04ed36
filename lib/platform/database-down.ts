/** Codes by which the driver, Prisma and Postgres say that they can't be reached or are going down. */
const codes = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "57P01", "57P02", "57P03", "08000", "08001", "08003", "08004", "08006", "53300", "P1001", "P1002", "P1008", "P1017", "P2024"]);
const words = /timeout exceeded when trying to connect|connection terminated|can't reach database server|server has closed the connection|query read timeout|not queryable|the database system is|terminating connection|connection timeout/i;

/** Whether a failure, or what caused it, is the database being away: to be tried again, not to be mended. */
export function isDatabaseDown(error: unknown): boolean {
  for (let one = error, depth = 0; one instanceof Error && depth < 5; one = one.cause, depth += 1) {
    const code = "code" in one ? String(one.code) : "";
    if (codes.has(code) || words.test(one.message)) return true;
    if (one instanceof AggregateError && one.errors.some((part) => isDatabaseDown(part))) return true;
  }
  return false;
}
