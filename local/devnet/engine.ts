import type { Hex } from "@/lib/kernel/hex";

/** A ciphertext's name on chain: 32 bytes, byte 30 is its type. */
export type Handle = Hex;

export type BlockReference = { number: number; hash: Hex };

export type BinaryName =
  | "add" | "sub" | "mul" | "div" | "rem"
  | "and" | "or" | "xor"
  | "shl" | "shr" | "rotl" | "rotr"
  | "eq" | "ne" | "ge" | "gt" | "le" | "lt" | "min" | "max";

/** How a handle comes about. Its type is in the result's byte 30; a scalar is 32 bytes. */
export type Operation = { readonly result: Handle } & (
  | { readonly op: BinaryName; readonly left: Handle; readonly right: Handle }
  | { readonly op: BinaryName; readonly left: Handle; readonly scalar: Hex }
  | { readonly op: "not" | "neg" | "cast"; readonly value: Handle }
  | { readonly op: "select"; readonly control: Handle; readonly ifTrue: Handle; readonly ifFalse: Handle }
  | { readonly op: "trivial"; readonly scalar: Hex }
  /** The lowest `bits` bits are random, the others zero. */
  | { readonly op: "rand"; readonly seed: Hex; readonly bits: number }
);

/** A persistent grant. What only its contract holds is state; what anybody else holds is waited for and comes first. */
export type Allowance = { readonly handle: Handle; readonly grantee: "contract" | "vault" };

/** What a block did to ciphertexts, in the order of its log. */
export type BlockRecord = { block: BlockReference; operations: readonly Operation[]; allowed: readonly Allowance[] };

/** Public key and common reference string as files, with the SHA-256 of their bytes (hexadecimal) as ids. */
export type KeyMaterial = { publicKeyPath: string; publicKeyId: string; crsPath: string; crsId: string };

/** An input whose proof holds: its id, and the FheType of each value. */
export type VerifiedInput = { inputId: string; types: readonly number[] };

export type EngineProgress = {
  queued: number;
  running: number;
  done: number;
  total: number;
  secondsLeft: number | null;
  /** Work still to do for each handle that somebody waits for. */
  goals: readonly { handle: Handle; done: number; total: number }[];
};

/**
 * Holds the ciphertexts (or, for tests, their clear values) behind the chain's handles. Every call may be repeated and
 * survives a restart of what is behind it. Calls throw `engine.refused` with `details.reason` as the engine's stable
 * code, `engine.unavailable` when the engine cannot be kept running.
 */
export type Engine = {
  readonly kind: "tfhe" | "clear";
  /** What a caller would have to wait for now, in words; null when nothing. */
  waitingFor(): string | null;
  /** Waits until keys are loaded. */
  material(): Promise<KeyMaterial>;
  /** The last block recorded, null before the first. */
  cursor(): Promise<BlockReference | null>;
  /** Checks an input's proof against `aux`, the addresses that it was made for; refuses `invalid_proof`, `malformed_input`. */
  verify(blob: Hex, aux: Hex): Promise<VerifiedInput>;
  /** Lets handle i stand for value i of a verified input. */
  bindInput(inputId: string, handles: readonly Handle[]): Promise<void>;
  /** Lets handles stand for values that nobody proved: bulk import and load tests, never by a stranger's request. */
  importValues(handles: readonly Handle[], values: readonly bigint[]): Promise<void>;
  /** Remembers a block; the cursor becomes that block, also when it is an earlier one. */
  record(record: BlockRecord): Promise<void>;
  /** Clear values, one for each handle; computes what is missing, which may take minutes. Refuses `unknown_handle`. */
  decrypt(handles: readonly Handle[]): Promise<bigint[]>;
  /** Forgets handles, and everything that only they need. */
  drop(handles: readonly Handle[]): Promise<void>;
  progress(): Promise<EngineProgress>;
  stats(): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
};
