import type { Hex } from "@/lib/kernel/hex";
import type { ReaderKey } from "@/lib/fhe/model/reader-key";

/** Bits of one encrypted input and of one decryption request, set by the protocol. */
export const bitsPerRequestMax = 2_048;
/** Words (euint256) that fit one encrypted input, and planes that fit one decryption request. */
export const wordsPerRequestMax = bitsPerRequestMax / 256;

/** Where a slow step stands. Stages follow each other in this order; not every stage occurs. */
export type FheProgress = {
  stage: "keys" | "proof" | "attestation" | "decryption" | "waiting";
  done: number;
  total: number;
};

type Observed = {
  onProgress?: (progress: FheProgress) => void;
  /** Stops the work; the promise then rejects with the signal's reason. */
  signal?: AbortSignal;
};

export type EncryptRequest = Observed & {
  /** The contract that will verify the input. */
  contractAddress: string;
  /** The address that the input is bound to: the one-time address. */
  userAddress: string;
  /** 1 to 8 words, each below 2^256. */
  words: readonly bigint[];
};

export type EncryptedWords = {
  /** One handle for each word, in order. */
  handles: Hex[];
  /** Handles and the coprocessors' attestations, as the contract takes them. */
  inputProof: Hex;
};

export type DecryptRequest = Observed & {
  /** Handles of a release's planes, in order; more than 8 are asked for in several requests at once. */
  handles: readonly Hex[];
  histogramAddress: string;
  /** The release's vault, which delegated to the reader. */
  vault: string;
  /** Gets the permit for the vault added; keep it to sign once only. */
  reader: ReaderKey;
};

/** Encrypting and decrypting, wherever the cryptography runs. */
export type FheClient = {
  /**
   * Encrypts words in one input, proves knowledge of them and has the proof attested. Safe to repeat: nothing is spent.
   * Throws `fhe.too-many-values`, `fhe.proof-refused`, `relayer.unreachable`, `relayer.refused`, `engine.*`.
   */
  encryptWords(request: EncryptRequest): Promise<EncryptedWords>;
  /**
   * Decrypts a release's planes for a reader that it was opened to; one signature a release, kept in the reader key.
   * Throws `fhe.not-allowed`, `fhe.not-ready`, `relayer.unreachable`, `relayer.refused`.
   */
  decryptRelease(request: DecryptRequest): Promise<bigint[]>;
  /** A reader key around an account's private key, with a fresh pair for re-encryption. Nothing is sent. */
  createReaderKey(privateKey: Hex): Promise<ReaderKey>;
  /** Ends processes and workers. The client can't be used afterwards. */
  close(): void;
};
