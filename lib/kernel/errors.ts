/**
 * Every refusal the product can give, with the HTTP status it maps to in `platform/http`.
 * A code is a promise to callers: it is never renamed and never reused.
 */
export const errorCodes = [
  // input files and geometry
  "file.unreadable",
  "file.empty",
  "file.too-large",
  "file.no-times",
  "file.time-zone-missing",
  "file.column-missing",
  "file.value-invalid",
  "file.coordinates-swapped",
  "tile.invalid",
  "tile.pentagon",
  "tile.wrong-resolution",
  "region.invalid",
  "region.unknown",
  "region.outside",
  "region.exists",
  "epoch.closed",
  "epoch.not-due",
  "zone.invalid",
  "privacy.unknown-profile",
  "privacy.invalid-release",
  // encryption, relayer, chain
  "fhe.proof-refused",
  "fhe.not-allowed",
  "fhe.not-ready",
  "fhe.too-many-values",
  "fhe.worker-failed",
  "relayer.unreachable",
  "relayer.refused",
  "chain.unreachable",
  "chain.wrong-network",
  "chain.reverted",
  "chain.refused",
  "chain.insufficient-funds",
  "chain.timeout",
  "chain.reset",
  "index.behind",
  "chain.gas-price",
  "engine.unavailable",
  "engine.refused",
  // contributions over the API
  "contribution.conflict",
  "contribution.refused",
  "contribution.unknown",
  "ticket.invalid",
  "ticket.expired",
  "ticket.quota",
  "device.unknown",
  "device.too-many",
  "region.import-only",
  // orders
  "quote.invalid",
  "quote.expired",
  "release.unknown",
  "release.not-published",
  "listing.missing",
  "order.unknown",
  // configuration, requests
  "config.invalid",
  "usage.invalid",
  "request.invalid",
  "request.not-found",
  "request.too-many",
  "request.too-large",
  "request.media-type",
  "request.origin",
  "request.conflict",
  "database.unavailable",
  "site.unreachable",
  "browser.storage",
  "request.method",
  "internal",
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export type AppErrorOptions = {
  /** What caused it; kept for operators, never shown. */
  cause?: unknown;
  /** Facts a program may act on. Never a position, a cell or a key. */
  details?: Readonly<Record<string, string | number | boolean | null>>;
};

/**
 * A refusal that a person or a program must be able to act on.
 * The message says what happened, where, and what to do next.
 */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, string | number | boolean | null>>;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** Whether an unknown thrown value is a refusal with the given code (or with any, when none is given). */
export function isAppError(error: unknown, code?: ErrorCode): error is AppError {
  return error instanceof AppError && (code === undefined || error.code === code);
}
