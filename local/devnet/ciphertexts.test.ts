import { Interface } from "ethers";
import { pino } from "pino";
import { beforeAll, expect, test } from "vitest";
import { AppError } from "@/lib/kernel/errors";
import { createCiphertexts, type Ciphertexts } from "@/local/devnet/ciphertexts";
import type { Engine, Handle } from "@/local/devnet/engine";
import { readHostContracts } from "@/local/devnet/host-contracts";
import { toRefusal } from "@/local/devnet/relayer-api";
import { refusalStatus, RelayerRefusal } from "@/local/devnet/relayer-refusal";

let acl = new Interface([]);
beforeAll(async () => {
  acl = (await readHostContracts()).acl.abi;
});

const word: Handle = `0x${"00".repeat(22)}0000000000007a690800`;
const log = pino({ level: "silent" });

type World = { decrypt: Engine["decrypt"]; catchUp?: () => Promise<void>; patienceMs?: number };

function build({ decrypt, catchUp = async () => undefined, patienceMs = 60_000 }: World, did: string[] = []): Ciphertexts {
  const chain = {
    persistTransactions: async () => void did.push("on disk"),
    call: async () => `0x${"0".repeat(63)}1`,
  };
  return createCiphertexts({ chain, engine: { decrypt }, catchUp: () => catchUp().then(() => void did.push("caught up")), acl, patienceMs });
}

const labelOf = (promise: Promise<unknown>): Promise<string> => promise.then(() => "none", (error: unknown) => toRefusal(error, log).label);

test("a value is read only after the engine has caught up and its block can no longer be mined anew", async () => {
  const did: string[] = [];
  const decrypt = async (): Promise<bigint[]> => {
    did.push("decrypted");
    return [7n];
  };
  expect(await build({ decrypt }, did).decrypt([word])).toEqual([{ handle: word, value: 7n }]);
  expect(did).toEqual(["caught up", "on disk", "decrypted"]);
});

test("what the engine refuses becomes the label that says what to do about it", async () => {
  const refusing = (reason: string): Ciphertexts =>
    build({
      decrypt: async () => {
        throw new AppError("engine.refused", "no", { details: { reason } });
      },
    });
  expect(await labelOf(refusing("unknown_handle").decrypt([word]))).toBe("not_ready_for_decryption");
  expect(await labelOf(refusing("unknown_ancestor").decrypt([word]))).toBe("not_ready_for_decryption");
  expect(await labelOf(refusing("unsupported_operation").decrypt([word]))).toBe("request_error");
});

test("a value that takes longer than anybody waits for is asked for again later", async () => {
  const never = build({ decrypt: () => new Promise(() => undefined), patienceMs: 1 });
  expect(await labelOf(never.decrypt([word]))).toBe("readiness_check_timed_out");
});

test("a chain or an engine that is down is the gateway's fault, anything unforeseen the server's", async () => {
  const failing = (error: unknown): Ciphertexts =>
    build({
      decrypt: async () => [],
      catchUp: async () => {
        throw error;
      },
    });
  expect(await labelOf(failing(new AppError("chain.unreachable", "down")).decrypt([word]))).toBe("gateway_not_reachable");
  expect(await labelOf(failing(new AppError("engine.unavailable", "down")).decrypt([word]))).toBe("gateway_not_reachable");
  expect(await labelOf(failing(new TypeError("unforeseen")).decrypt([word]))).toBe("internal_server_error");
});

test("an unforeseen failure does not tell strangers what it was", () => {
  expect(toRefusal(new Error("secret"), log).message).not.toContain("secret");
  expect(toRefusal(new RelayerRefusal("rate_limited", "slow down"), log).label).toBe("rate_limited");
});

test("every label has the status that the SDK expects of it", () => {
  const labelsOf = (status: number): string[] => Object.entries(refusalStatus).filter(([, one]) => one === status).map(([label]) => label);
  expect(labelsOf(400)).toEqual(["malformed_json", "request_error", "not_ready_for_decryption", "not_allowed_on_host_acl", "missing_fields", "validation_failed"]);
  expect(labelsOf(404)).toEqual(["not_found"]);
  expect(labelsOf(429)).toEqual(["rate_limited", "protocol_overload"]);
  expect(labelsOf(500)).toEqual(["internal_server_error"]);
  expect(labelsOf(503)).toEqual(["protocol_paused", "insufficient_balance", "insufficient_allowance", "gateway_not_reachable", "readiness_check_timed_out", "response_timed_out"]);
});
