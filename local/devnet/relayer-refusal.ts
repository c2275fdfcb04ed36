/**
 * Every way in which a relayer can say no, and the status that goes with it. Source: relayer-sdk 0.4.3, v2 errors.
 * The devnet has no fees, no rates and nobody who pauses it, so that it never gives `rate_limited`, `protocol_paused`,
 * `insufficient_balance`, `insufficient_allowance` or `response_timed_out`.
 */
export const refusalStatus = {
  malformed_json: 400,
  request_error: 400,
  not_ready_for_decryption: 400,
  not_allowed_on_host_acl: 400,
  missing_fields: 400,
  validation_failed: 400,
  not_found: 404,
  rate_limited: 429,
  protocol_overload: 429,
  internal_server_error: 500,
  protocol_paused: 503,
  insufficient_balance: 503,
  insufficient_allowance: 503,
  gateway_not_reachable: 503,
  readiness_check_timed_out: 503,
  response_timed_out: 503,
} as const;

export type RefusalLabel = keyof typeof refusalStatus;
export type RefusalDetail = { field: string; issue: string };

/** A request that the relayer refuses. Labels `missing_fields`, `validation_failed` and `not_found` name the fields at fault. */
export class RelayerRefusal extends Error {
  override readonly name = "RelayerRefusal";
  constructor(
    readonly label: RefusalLabel,
    message: string,
    readonly details?: readonly RefusalDetail[],
  ) {
    super(message);
  }
}

/** One field that is there but wrong. */
export function refuseField(field: string, issue: string): RelayerRefusal {
  return new RelayerRefusal("validation_failed", `${field} ${issue}`, [{ field, issue }]);
}

/** The body that the SDK reads. */
export function refusalBody(refusal: RelayerRefusal, requestId: string): Record<string, unknown> {
  const { label, message, details } = refusal;
  return { status: "failed", requestId, error: { label, message, ...(details === undefined ? {} : { details }) } };
}
