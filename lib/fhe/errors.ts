import type { RelayerApiErrorType } from "@zama-fhe/relayer-sdk/web";
import { AppError, type ErrorCode } from "@/lib/kernel/errors";

type RelayerLabel = RelayerApiErrorType["label"];
type RelayerEntry = { readonly code: ErrorCode; readonly message: string; /** Whether asking again later may help. */ readonly retryable: boolean };

const later = (message: string, code: ErrorCode = "relayer.unreachable"): RelayerEntry => ({ code, message, retryable: true });
const never = (message: string, code: ErrorCode = "relayer.refused"): RelayerEntry => ({ code, message, retryable: false });

/** The one table from every label of the relayer's API to a typed refusal; the compiler refuses a missing label. */
export const relayerTable = {
  malformed_json: never("The relayer could not read the request. This is a fault of the software; please report it."),
  request_error: never("The relayer refused the request."),
  missing_fields: never("The relayer misses fields in the request. This is a fault of the software; please report it."),
  validation_failed: never("The relayer found the request invalid: a signature that is wrong or expired, or another network's address."),
  not_ready_for_decryption: later("The ciphertext is not computed yet. Try again in a moment.", "fhe.not-ready"),
  not_allowed_on_host_acl: never("This reader has no access: the release was not opened to it, or the access has ended.", "fhe.not-allowed"),
  unauthorized: never("The relayer wants an API key. Set RELAYER_API_KEY."),
  not_found: later("The relayer has forgotten the request (it was restarted)."),
  rate_limited: later("The relayer is answering too many requests."),
  protocol_overload: later("The network is overloaded."),
  internal_server_error: later("The relayer failed."),
  protocol_paused: later("The network is paused by its operators."),
  insufficient_balance: never("The relayer's account can't pay the network's fees. Its operator must fund it."),
  insufficient_allowance: never("The relayer's account may not pay the network's fees. Its operator must allow it."),
  gateway_not_reachable: later("The relayer can't reach the network's gateway."),
  readiness_check_timed_out: later("The network's coprocessors did not compute the ciphertext in time.", "fhe.not-ready"),
  response_timed_out: later("The network's key managers did not answer in time."),
} as const satisfies Record<RelayerLabel, RelayerEntry>;

/** Failures of the SDK that are named by their class, not by a label of the relayer. */
const sdkTable: Readonly<Record<string, RelayerEntry>> = {
  RelayerV2FetchError: later("The relayer does not answer."),
  RelayerV2TimeoutError: later("The relayer did not finish in time."),
  RelayerV2MaxRetryError: later("The relayer did not finish after many questions."),
  RelayerV2ResponseStatusError: later("Something else than the relayer answers at its address."),
  RelayerV2ResponseInvalidBodyError: later("The relayer's answer is malformed."),
  RelayerV2ResponseInputProofRejectedError: never("The network refuses the input's proof: it is for another contract, address or key.", "fhe.proof-refused"),
  RelayerInvalidProofError: never("The network attested other values than were encrypted.", "fhe.proof-refused"),
  RelayerUnknownCoprocessorSignerError: never("The input was attested by an unknown coprocessor. Check the deployment's addresses.", "fhe.proof-refused"),
  RelayerThresholdCoprocessorSignerError: never("Too few coprocessors attested the input.", "fhe.proof-refused"),
  ACLUserDecryptionError: never("This reader has no access: the release was not opened to it, or the access has ended.", "fhe.not-allowed"),
};

function isRelayerLabel(label: unknown): label is RelayerLabel {
  return typeof label === "string" && Object.hasOwn(relayerTable, label);
}

function readProperty(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function findEntry(error: unknown): (RelayerEntry & { label: string }) | undefined {
  const label = readProperty(readProperty(error, "relayerApiError"), "label");
  if (isRelayerLabel(label)) return { ...relayerTable[label], label };
  const name = readProperty(error, "name");
  const entry = typeof name === "string" ? sdkTable[name] : undefined;
  if (entry !== undefined && typeof name === "string") return { ...entry, label: name };
  if (error instanceof Error && /not authorized|not allowed/i.test(error.message)) return { ...relayerTable.not_allowed_on_host_acl, label: "acl" };
  const cause = readProperty(error, "cause");
  return cause === undefined ? undefined : findEntry(cause);
}

/** A typed error that the SDK may have wrapped: our own transport to the chain throws such. */
function findTyped(error: unknown): AppError | undefined {
  if (error instanceof AppError) return error;
  const cause = readProperty(error, "cause");
  return cause === undefined ? undefined : findTyped(cause);
}

/**
 * Anything thrown by the relayer SDK as an `AppError`; `details.retryable` says whether asking again may help.
 * `what` completes the sentence "To …:". What is an `AppError` already is left as it is.
 */
export function toFheError(error: unknown, { what }: { what: string }): AppError {
  const typed = findTyped(error);
  if (typed !== undefined) return typed;
  const entry = findEntry(error);
  if (entry === undefined) {
    const reason = error instanceof Error ? error.message : String(error);
    return new AppError("relayer.refused", `To ${what}: ${reason}`, { cause: error, details: { retryable: false } });
  }
  return new AppError(entry.code, `To ${what}: ${entry.message}`, { cause: error, details: { retryable: entry.retryable, label: entry.label } });
}

/** Whether an error says "later" rather than "no". */
export function isRetryable(error: unknown): boolean {
  return error instanceof AppError && error.details["retryable"] === true;
}
