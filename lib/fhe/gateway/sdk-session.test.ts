import type { FhevmInstance } from "@zama-fhe/relayer-sdk/web";
import { describe, expect, test, vi } from "vitest";
import { SdkSession, type SessionOptions } from "@/lib/fhe/gateway/sdk-session";
import type { FheProgress } from "@/lib/fhe/model/client";
import type { Hex } from "@/lib/kernel/hex";

const address = "0x5ffdaAB0373E62E2ea2944776209aEf29E631A64";
const network = {
  chainId: 31_337,
  gatewayChainId: 10_901,
  rpcUrl: "http://127.0.0.1:1",
  relayerUrl: "http://127.0.0.1:1",
  addresses: { acl: address, kmsVerifier: address, inputVerifier: address, decryption: address, inputVerification: address },
};
const file = { id: "id", bytes: new Uint8Array(1) };
const proof = new Uint8Array([1, 2, 3]);
const handleOf = (index: number): Hex => `0x${index.toString(16).padStart(64, "0")}`;

/** Stands in for the SDK: no network, no cryptography. */
function fakeInstance(changes: Partial<FhevmInstance> = {}): FhevmInstance {
  const refuse = (): never => {
    throw new Error("not expected");
  };
  return {
    config: { coprocessorSigners: [address], coprocessorSignerThreshold: 1 },
    createEncryptedInput: () => ({ add256: () => undefined, generateZKProof: () => ({ ciphertextWithZKProof: proof }) }),
    requestZKProofVerification: vi.fn().mockResolvedValue({ handles: [new Uint8Array(32).fill(1)], inputProof: new Uint8Array([9]) }),
    generateKeypair: () => ({ publicKey: "aa", privateKey: "bb" }),
    createEIP712: refuse,
    createDelegatedUserDecryptEIP712: refuse,
    publicDecrypt: refuse,
    userDecrypt: refuse,
    delegatedUserDecrypt: vi.fn().mockImplementation((pairs: { handle: Hex }[]) => Promise.resolve(Object.fromEntries(pairs.map(({ handle }) => [handle, BigInt(handle)])))),
    getPublicKey: refuse,
    getPublicParams: refuse,
    ...changes,
  } as unknown as FhevmInstance;
}

function open(instance: FhevmInstance, changes: Partial<SessionOptions> = {}): Promise<SdkSession> {
  return SdkSession.open({
    sdk: { createInstance: () => Promise.resolve(instance) },
    network,
    keys: { publicKey: file, crs: file },
    ...changes,
  });
}

const permit = { histogramAddress: "0xaa", start: 1, days: 30, signature: "0x1234" } as const;
const reader = { address, encryption: { publicKey: "aa", privateKey: "bb" } } as const;

describe("encrypting", () => {
  const input = { contractAddress: address, userAddress: address };

  test("the proof made is the proof attested", async () => {
    const instance = fakeInstance();
    const session = await open(instance);
    const result = await session.encrypt({ ...input, words: [1n, 2n] });
    expect(result).toEqual({ handles: [`0x${"01".repeat(32)}`], inputProof: "0x09" });
    expect(instance.requestZKProofVerification).toHaveBeenCalledWith(
      expect.objectContaining({ ciphertextWithZKProof: proof, encryptionBits: [256, 256], chainId: 31_337n }),
      expect.anything(),
    );
  });

  test.each<[string, bigint[]]>([
    ["no word", []],
    ["nine words", Array.from({ length: 9 }, () => 0n)],
    ["a word of 257 bits", [1n << 256n]],
    ["a negative word", [-1n]],
  ])("%s is refused before anything is proven", async (_, words) => {
    const createEncryptedInput = vi.fn();
    const session = await open(fakeInstance({ createEncryptedInput }));
    await expect(session.encrypt({ ...input, words })).rejects.toMatchObject({ code: "fhe.too-many-values" });
    expect(createEncryptedInput).not.toHaveBeenCalled();
  });

  test("the same proof is offered again when the relayer was restarted", async () => {
    const lost = Object.assign(new Error("x"), { relayerApiError: { label: "not_found", message: "x" } });
    const attest = vi.fn().mockRejectedValueOnce(lost).mockResolvedValue({ handles: [], inputProof: "0x" });
    const prove = vi.fn().mockResolvedValue(proof);
    const session = await open(fakeInstance(), { native: { prove, attest } });
    await session.encrypt({ ...input, words: [1n] });
    expect(attest).toHaveBeenCalledTimes(2);
    expect(attest).toHaveBeenCalledWith(expect.objectContaining({ proof, count: 1 }), { signers: [address], threshold: 1 });
    expect(prove).toHaveBeenCalledTimes(1);
  });

  test("a cancelled encryption is not attested", async () => {
    const controller = new AbortController();
    const attest = vi.fn();
    const prove = (): Promise<Uint8Array> => {
      controller.abort(new Error("cancelled"));
      return Promise.resolve(proof);
    };
    const session = await open(fakeInstance(), { native: { prove, attest } });
    await expect(session.encrypt({ ...input, words: [1n], signal: controller.signal })).rejects.toThrow("cancelled");
    expect(attest).not.toHaveBeenCalled();
  });
});

describe("decrypting", () => {
  const target = { histogramAddress: "0xaa", vault: address, reader, permit };

  test.each([1, 8, 9, 13, 17])("%i planes come in order, in requests of at most 8", async (count) => {
    const instance = fakeInstance();
    const session = await open(instance);
    const handles = Array.from({ length: count }, (_, index) => handleOf(index + 1));
    const progress: FheProgress[] = [];
    expect(await session.decrypt({ ...target, handles, onProgress: (step) => progress.push(step) })).toEqual(handles.map(BigInt));
    const sizes = vi.mocked(instance.delegatedUserDecrypt).mock.calls.map(([pairs]) => pairs.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(8);
    expect(sizes).toHaveLength(Math.ceil(count / 8));
    expect(progress.at(-1)).toEqual({ stage: "decryption", done: count, total: count });
  });

  test("a plane that is missing in the answer is an error, not a zero", async () => {
    const session = await open(fakeInstance({ delegatedUserDecrypt: () => Promise.resolve({}) }));
    await expect(session.decrypt({ ...target, handles: [handleOf(1)] })).rejects.toMatchObject({ code: "relayer.refused" });
  });
});
