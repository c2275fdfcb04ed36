import type { Interface } from "ethers";
import { isAppError } from "@/lib/kernel/errors";
import type { Chain } from "@/local/devnet/chain";
import { HOST_ADDRESSES } from "@/local/devnet/constants";
import { readContract } from "@/local/devnet/contract-call";
import type { Engine, Handle } from "@/local/devnet/engine";
import { REQUEST_BITS_MAX } from "@/local/devnet/fhe-type";
import { RelayerRefusal, refuseField } from "@/local/devnet/relayer-refusal";
import { countBits } from "@/local/devnet/relayer-schema";

export type CiphertextsOptions = {
  chain: Pick<Chain, "call" | "persistTransactions">;
  engine: Pick<Engine, "decrypt">;
  /** Resolves when the engine knows all blocks up to the newest. */
  catchUp(): Promise<void>;
  acl: Interface;
  /** How long a decryption may be computed before the asker is told to come back. */
  patienceMs: number;
};

/** Reads clear values for those whom the access list lets read them. */
export type Ciphertexts = {
  /** Asks the access list a yes-or-no question at the newest block. */
  isAllowed(question: AclQuestion, args: readonly unknown[]): Promise<boolean>;
  /** Clear values, once the engine has them. The caller has checked who asks. */
  decrypt(handles: readonly Handle[]): Promise<{ handle: Handle; value: bigint }[]>;
};

export type AclQuestion = "persistAllowed" | "isAllowedForDecryption" | "isHandleDelegatedForUserDecryption";

/** Refuses a request of more encrypted bits than the network takes. */
export function checkBits(field: string, handles: readonly Handle[]): void {
  const bits = countBits(handles);
  if (bits > REQUEST_BITS_MAX) throw refuseField(field, `stand for ${bits} encrypted bits, at most ${REQUEST_BITS_MAX} are decrypted in one request`);
}

async function withPatience<Value>(work: Promise<Value>, patienceMs: number): Promise<Value> {
  const timeout = new AbortController();
  const late = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(new RelayerRefusal("readiness_check_timed_out", "The ciphertexts are still being computed; ask again.")), patienceMs);
    timeout.signal.addEventListener("abort", () => clearTimeout(timer));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    timeout.abort();
  }
}

const unknownReasons: readonly unknown[] = ["unknown_handle", "unknown_ancestor"];

export function createCiphertexts({ chain, engine, catchUp, acl, patienceMs }: CiphertextsOptions): Ciphertexts {
  const ask = async (handles: readonly Handle[]): Promise<bigint[]> => {
    try {
      return await engine.decrypt(handles);
    } catch (error) {
      if (!isAppError(error, "engine.refused")) throw error;
      const label = unknownReasons.includes(error.details["reason"]) ? "not_ready_for_decryption" : "request_error";
      throw new RelayerRefusal(label, error.message);
    }
  };
  return {
    isAllowed: async (name, args) => (await readContract(chain, { address: HOST_ADDRESSES.acl, abi: acl, name, args }))[0] === true,
    decrypt: async (handles) => {
      await catchUp();
      // Random numbers depend on their block's hash: what is read must be in a block that no crash can mine anew.
      await chain.persistTransactions();
      const values = await withPatience(ask(handles), patienceMs);
      return handles.map((handle, index) => ({ handle, value: values[index] ?? 0n }));
    },
  };
}
