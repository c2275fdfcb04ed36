import { isAppError } from "@/lib/kernel/errors";

const tooLarge = ["HCUTransactionLimitExceeded", "HCUTransactionDepthLimitExceeded", "BatchTooLarge", "GasLimit"];

/** Whether a call was refused because it does not fit one transaction: fewer items, or half of the step, may. */
export function isTooLarge(error: unknown): boolean {
  return isAppError(error) && tooLarge.includes(String(error.details["error"]));
}

/** Whether nothing is wrong with a call but the moment: the service is away, gas is dear, the account is empty, the contract paused. */
export function isPassing(error: unknown): boolean {
  if (!isAppError(error)) return false;
  const codes = ["chain.unreachable", "chain.gas-price", "chain.insufficient-funds", "chain.timeout", "chain.wrong-network"];
  return codes.includes(error.code) || error.details["error"] === "EnforcedPause";
}
