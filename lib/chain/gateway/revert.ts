import { id, Interface, isError, type ErrorDescription } from "ethers";
import { AppError } from "@/lib/kernel/errors";
import { contractErrorFragments, contractErrorNames, type ContractErrorName } from "@/lib/chain/abi/contract-errors";
import { revertTable } from "@/lib/chain/errors";

const knownErrors = new Interface(contractErrorFragments);
const names = new Set<string>(contractErrorNames);

const roleNames = new Map(
  ["CURATOR_ROLE", "TICKET_SIGNER_ROLE", "MARKETPLACE_ROLE", "PAUSER_ROLE", "QUOTE_SIGNER_ROLE", "SELLER_ROLE", "REFUNDER_ROLE", "ACCOUNTANT_ROLE"].map(
    (role) => [id(role), role],
  ),
);

function isKnownName(name: string): name is ContractErrorName {
  return names.has(name);
}

/** bytes32 that hold ASCII are shown as text, roles by their names, everything else as it is. */
function showArgument(value: unknown): string {
  const text = String(value);
  const role = roleNames.get(text);
  if (role !== undefined) return role;
  if (!/^0x(?:[2-7][0-9a-f]){1,31}(?:00)+$/i.test(text) || text.length !== 66) return text;
  const ascii = text.slice(2).match(/../g)?.map((byte) => String.fromCharCode(Number.parseInt(byte, 16))) ?? [];
  return ascii.join("").replace(/\0+$/, "");
}

function fill(template: string, parsed: ErrorDescription): string {
  const values = new Map(parsed.fragment.inputs.map((input, index) => [input.name, showArgument(parsed.args[index])]));
  return template.replace(/\{(\w+)\}/g, (_, name: string) => values.get(name) ?? "unknown");
}

/**
 * A contract's revert data as a typed refusal; undefined when no known custom error is in it.
 * `details.error` is the custom error's name.
 */
export function decodeRevert(data: string, options: { what: string; cause?: unknown }): AppError | undefined {
  const parsed = knownErrors.parseError(data);
  if (parsed === null || !isKnownName(parsed.name)) return undefined;
  const { code, message } = revertTable[parsed.name];
  return new AppError(code, `To ${options.what}: ${fill(message, parsed)}`, { cause: options.cause, details: { error: parsed.name } });
}

function revertData(error: unknown): string | undefined {
  if (isError(error, "CALL_EXCEPTION") && typeof error.data === "string" && error.data.length >= 10) return error.data;
  return undefined;
}

/**
 * Anything thrown while talking to the chain as an `AppError`; one that is an `AppError` already is left as it is.
 * `what` completes the sentence "To …:", for example "release a tile".
 */
export function toAppError(error: unknown, { what }: { what: string }): AppError {
  if (error instanceof AppError) return error;
  const data = revertData(error);
  const refusal = data === undefined ? undefined : decodeRevert(data, { what, cause: error });
  if (refusal !== undefined) return refusal;
  if (isError(error, "INSUFFICIENT_FUNDS") || /insufficient funds/i.test(String(error))) {
    return new AppError("chain.insufficient-funds", `To ${what}: the sending account can't pay for gas. Fund it and run again.`, { cause: error });
  }
  if (isError(error, "CALL_EXCEPTION")) {
    return new AppError("chain.reverted", `To ${what}: the contract refuses${error.reason ? `: ${error.reason}` : " without a reason"}.`, { cause: error });
  }
  return new AppError("chain.unreachable", `To ${what}: the chain's service failed.`, { cause: error });
}
