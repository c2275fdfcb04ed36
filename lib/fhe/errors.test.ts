import { describe, expect, test } from "vitest";
import { isRetryable, relayerTable, toFheError } from "@/lib/fhe/errors";
import { AppError } from "@/lib/kernel/errors";

const labels = Object.keys(relayerTable);

describe("every refusal of the relayer is a typed error", () => {
  test.each(labels)("%s", (label) => {
    const error = toFheError(Object.assign(new Error("x"), { relayerApiError: { label, message: "x" } }), { what: "try" });
    expect(error.details["label"]).toBe(label);
    expect(error.message).toMatch(/^To try: .+\.$/);
    expect(error.code).toMatch(/^(relayer|fhe)\./);
  });

  test("a refusal wrapped by the SDK is found", () => {
    const inner = Object.assign(new Error("x"), { relayerApiError: { label: "not_allowed_on_host_acl", message: "x" } });
    expect(toFheError(new Error("outer", { cause: inner }), { what: "read" }).code).toBe("fhe.not-allowed");
  });

  test("a typed error of our transport keeps its code through the SDK", () => {
    const inner = new AppError("chain.unreachable", "down");
    expect(toFheError(new Error("outer", { cause: inner }), { what: "read" })).toBe(inner);
  });

  test("a rejected proof is not asked for again", () => {
    const error = toFheError(Object.assign(new Error("x"), { name: "RelayerV2ResponseInputProofRejectedError" }), { what: "send" });
    expect(error.code).toBe("fhe.proof-refused");
    expect(isRetryable(error)).toBe(false);
  });

  test("silence, restarts and overload are worth asking again; a missing permission is not", () => {
    const of = (label: string): AppError => toFheError(Object.assign(new Error("x"), { relayerApiError: { label, message: "x" } }), { what: "try" });
    expect(["not_found", "rate_limited", "protocol_overload", "response_timed_out", "not_ready_for_decryption"].every((label) => isRetryable(of(label)))).toBe(true);
    expect(["not_allowed_on_host_acl", "validation_failed", "unauthorized"].some((label) => isRetryable(of(label)))).toBe(false);
    expect(isRetryable(toFheError(Object.assign(new Error("x"), { name: "RelayerV2FetchError" }), { what: "try" }))).toBe(true);
  });

  test("an access that the chain does not know is refused as such", () => {
    const error = toFheError(new Error("User address 0x1 is not authorized to user decrypt handle 0x2!"), { what: "read" });
    expect(error.code).toBe("fhe.not-allowed");
  });

  test("what nobody knows is passed on with its text", () => {
    expect(toFheError("odd", { what: "try" })).toMatchObject({ code: "relayer.refused", message: "To try: odd" });
  });
});
