import type { FhevmInstance, FhevmInstanceConfig } from "@zama-fhe/relayer-sdk/web";
import { AppError } from "@/lib/kernel/errors";
import { bytesToHex, type Hex } from "@/lib/kernel/hex";
import { callRpc } from "@/lib/chain/gateway/rpc";
import { toFheError } from "@/lib/fhe/errors";
import { withPatience } from "@/lib/fhe/gateway/patience";
import type { PublicKeys } from "@/lib/fhe/gateway/public-keys";
import { wordsPerRequestMax, type EncryptedWords, type FheProgress } from "@/lib/fhe/model/client";
import type { FheNetwork } from "@/lib/fhe/model/network";
import type { ReaderKey, ReadingPermit } from "@/lib/fhe/model/reader-key";

/** What is used of the SDK, whichever of its builds it is. */
export type RelayerSdk = { createInstance(config: FhevmInstanceConfig): Promise<FhevmInstance> };

/** Makes the bytes of an encrypted input with its proof, bound to a contract and an address. */
export type Prover = (request: { contractAddress: string; userAddress: string; words: readonly bigint[]; signal?: AbortSignal }) => Promise<Uint8Array>;

/** Has a proof attested by the network; one attempt, harmless to repeat. */
export type Attest = (
  input: { contractAddress: string; userAddress: string; proof: Uint8Array; count: number; signal?: AbortSignal },
  attestors: { signers: readonly string[]; threshold: number },
) => Promise<EncryptedWords>;

export type SessionOptions = {
  sdk: RelayerSdk;
  /** Addresses in their checksummed spelling. */
  network: FheNetwork;
  keys: PublicKeys;
  /** Default: the SDK itself, whose prover blocks its thread for some 5 to 30 s. It can't read proofs of other provers. */
  native?: { prove: Prover; attest: Attest };
  relayerApiKey?: string;
  /** Milliseconds that the network may take to answer one request; default 30 minutes (decryptions wait for the computation). */
  timeoutMs?: number;
};

type Observed = { onProgress?: (progress: FheProgress) => void; signal?: AbortSignal };
export type SessionEncryptRequest = Observed & { contractAddress: string; userAddress: string; words: readonly bigint[] };
export type SessionDecryptRequest = Observed & {
  handles: readonly Hex[];
  histogramAddress: string;
  vault: string;
  reader: Pick<ReaderKey, "address" | "encryption">;
  permit: ReadingPermit;
};

function eip1193(network: FheNetwork): { request(call: { method: string; params?: unknown }): Promise<unknown> } {
  return {
    async request({ method, params }) {
      const { result, error } = await callRpc(network.rpcUrl, { method, params: params ?? [] });
      if (error === undefined) return result;
      throw Object.assign(new Error(error.message), { code: error.code, data: error.data });
    },
  };
}

function configOf({ network, keys, relayerApiKey }: SessionOptions): FhevmInstanceConfig {
  const { addresses } = network;
  return {
    chainId: network.chainId,
    gatewayChainId: network.gatewayChainId,
    network: eip1193(network),
    relayerUrl: network.relayerUrl,
    relayerRouteVersion: 2,
    aclContractAddress: addresses.acl,
    kmsContractAddress: addresses.kmsVerifier,
    inputVerifierContractAddress: addresses.inputVerifier,
    verifyingContractAddressDecryption: addresses.decryption,
    verifyingContractAddressInputVerification: addresses.inputVerification,
    publicKey: { data: keys.publicKey.bytes, id: keys.publicKey.id },
    publicParams: { 2048: { publicParams: keys.crs.bytes, publicParamsId: keys.crs.id } },
    ...(relayerApiKey === undefined ? {} : { auth: { __type: "ApiKeyHeader", value: relayerApiKey } }),
  };
}

function assertWords(words: readonly bigint[]): void {
  if (words.length === 0 || words.length > wordsPerRequestMax) {
    throw new AppError("fhe.too-many-values", `${words.length} words in one input; 1 to ${wordsPerRequestMax} fit.`);
  }
  if (words.some((word) => word < 0n || word >= 1n << 256n)) throw new AppError("fhe.too-many-values", "A word does not fit 256 bits.");
}

/** One network, one set of keys, one instance of the SDK. */
export class SdkSession {
  readonly #instance: FhevmInstance;
  readonly #options: SessionOptions;

  private constructor(instance: FhevmInstance, options: SessionOptions) {
    this.#instance = instance;
    this.#options = options;
  }

  /** Reads the network's contracts and starts the SDK. Throws `chain.unreachable`, `relayer.*`. */
  static async open(options: SessionOptions): Promise<SdkSession> {
    const what = "connect to the encryption network";
    const instance = await withPatience(() => options.sdk.createInstance(configOf(options)), { what, patienceMs: 30_000 });
    return new SdkSession(instance, options);
  }

  /** See `FheClient.encryptWords`. */
  async encrypt({ contractAddress, userAddress, words, onProgress, signal }: SessionEncryptRequest): Promise<EncryptedWords> {
    assertWords(words);
    onProgress?.({ stage: "proof", done: 0, total: 1 });
    const { prove, attest } = this.#options.native ?? { prove: this.#proveBySdk, attest: this.#attestBySdk };
    const { coprocessorSigners: signers, coprocessorSignerThreshold: threshold } = this.#instance.config;
    const proof = await prove({ contractAddress, userAddress, words, signal });
    signal?.throwIfAborted();
    onProgress?.({ stage: "attestation", done: 0, total: 1 });
    const input = { contractAddress, userAddress, proof, count: words.length, ...(signal === undefined ? {} : { signal }) };
    const encrypted = await withPatience(() => attest(input, { signers, threshold }), {
      what: "have an encrypted input attested",
      signal,
      onWait: () => onProgress?.({ stage: "waiting", done: 0, total: 1 }),
    });
    onProgress?.({ stage: "attestation", done: 1, total: 1 });
    return encrypted;
  }

  readonly #proveBySdk: Prover = async ({ contractAddress, userAddress, words }) => {
    const input = this.#instance.createEncryptedInput(contractAddress, userAddress);
    for (const word of words) input.add256(word);
    const { ciphertextWithZKProof } = input.generateZKProof();
    if (typeof ciphertextWithZKProof !== "string") return ciphertextWithZKProof;
    throw new AppError("internal", "The relayer SDK returned a proof that is not bytes.");
  };

  readonly #attestBySdk: Attest = async ({ contractAddress, userAddress, proof, count, signal }) => {
    const request = {
      chainId: BigInt(this.#options.network.chainId),
      aclContractAddress: this.#options.network.addresses.acl,
      contractAddress,
      userAddress,
      ciphertextWithZKProof: proof,
      encryptionBits: Array.from({ length: count }, () => 256),
    };
    const options = { timeout: this.#timeoutMs, ...(signal === undefined ? {} : { signal }) };
    const { handles, inputProof } = await this.#instance.requestZKProofVerification(request, options);
    return { handles: handles.map(bytesToHex), inputProof: bytesToHex(inputProof) };
  };

  get #timeoutMs(): number {
    return this.#options.timeoutMs ?? 1_800_000;
  }

  /** See `FheClient.decryptRelease`; the permit is signed already. */
  async decrypt(request: SessionDecryptRequest): Promise<bigint[]> {
    const { handles, onProgress } = request;
    const parts: Hex[][] = [];
    for (let from = 0; from < handles.length; from += wordsPerRequestMax) parts.push(handles.slice(from, from + wordsPerRequestMax));
    let done = 0;
    onProgress?.({ stage: "decryption", done, total: handles.length });
    const values = await Promise.all(
      parts.map(async (part) => {
        const result = await this.#decryptPart(part, request);
        done += part.length;
        onProgress?.({ stage: "decryption", done, total: handles.length });
        return result;
      }),
    );
    return values.flat();
  }

  async #decryptPart(handles: readonly Hex[], request: SessionDecryptRequest): Promise<bigint[]> {
    const { histogramAddress, vault, reader, permit, signal, onProgress } = request;
    const pairs = handles.map((handle) => ({ handle, contractAddress: histogramAddress }));
    const ask = () =>
      this.#instance.delegatedUserDecrypt(
        pairs, reader.encryption.privateKey, reader.encryption.publicKey, permit.signature.slice(2), [histogramAddress], vault,
        reader.address, permit.start, permit.days, { timeout: this.#timeoutMs, ...(signal === undefined ? {} : { signal }) },
      );
    const onWait = (): void => onProgress?.({ stage: "waiting", done: 0, total: handles.length });
    const clear = await withPatience(ask, { what: "decrypt a release", signal, onWait });
    return handles.map((handle) => {
      const value = clear[handle];
      if (typeof value === "bigint") return value;
      throw new AppError("relayer.refused", "To decrypt a release: the network answered without one of the planes.");
    });
  }

  /** A fresh pair that results are re-encrypted for. */
  createEncryptionPair(): ReaderKey["encryption"] {
    try {
      const { publicKey, privateKey } = this.#instance.generateKeypair();
      return { publicKey, privateKey };
    } catch (error) {
      throw toFheError(error, { what: "make a reader key" });
    }
  }
}
