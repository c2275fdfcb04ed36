import { describe, expect, test } from "vitest";
import { addressOfKey, recoverTypedDataSigner } from "@/lib/chain/gateway/signer";
import { providePermit } from "@/lib/fhe/gateway/sign-permit";
import { permitTypedData } from "@/lib/fhe/model/permit-typed-data";
import { findPermit, readerKeySchema, type ReaderKey } from "@/lib/fhe/model/reader-key";

const privateKey = `0x${"11".repeat(32)}` as const;
const [histogramAddress, vault, other] = ["a", "b", "c"].map((digit) => `0x${digit.repeat(40)}`);
if (histogramAddress === undefined || vault === undefined || other === undefined) throw new Error("unreachable");
const network = {
  chainId: 31_337,
  gatewayChainId: 10_901,
  rpcUrl: "http://127.0.0.1:1",
  relayerUrl: "http://127.0.0.1:1",
  addresses: { acl: other, kmsVerifier: other, inputVerifier: other, decryption: "0x5ffdaAB0373E62E2ea2944776209aEf29E631A64", inputVerification: other },
};
const nowSeconds = 1_800_000_000;

function reader(): ReaderKey {
  return { address: addressOfKey(privateKey), privateKey, encryption: { publicKey: "aa".repeat(869), privateKey: "bb" }, permits: {} };
}

describe("a reader's permits", () => {
  test("one signature serves a vault again and again", async () => {
    const key = reader();
    const first = await providePermit(network, key, { vault, histogramAddress, nowSeconds });
    expect(await providePermit(network, key, { vault, histogramAddress, nowSeconds: nowSeconds + 86_400 })).toBe(first);
    expect(Object.keys(key.permits)).toHaveLength(1);
  });

  test("another vault needs another signature", async () => {
    const key = reader();
    const first = await providePermit(network, key, { vault, histogramAddress, nowSeconds });
    const second = await providePermit(network, key, { vault: other, histogramAddress, nowSeconds });
    expect(second.signature).not.toBe(first.signature);
  });

  test("one that runs out is signed anew", async () => {
    const key = reader();
    await providePermit(network, key, { vault, histogramAddress, nowSeconds });
    expect(findPermit(key, { vault, histogramAddress, nowSeconds: nowSeconds + 31 * 86_400 })).toBeUndefined();
    expect(findPermit(key, { vault, histogramAddress: other, nowSeconds })).toBeUndefined();
  });

  test("the reader signed exactly what the key managers check", async () => {
    const key = reader();
    const permit = await providePermit(network, key, { vault, histogramAddress, nowSeconds });
    const data = permitTypedData(network, { publicKey: key.encryption.publicKey, histogramAddress, vault, start: permit.start, days: permit.days });
    expect(recoverTypedDataSigner(data, permit.signature)).toBe(key.address);
    expect(permit.start).toBeLessThan(nowSeconds);
  });

  test("a reader key survives being stored as JSON", async () => {
    const key = reader();
    await providePermit(network, key, { vault, histogramAddress, nowSeconds });
    expect(readerKeySchema.parse(JSON.parse(JSON.stringify(key)))).toEqual(key);
  });
});

test("the typed data is the relayer SDK's own", async () => {
  const { KmsEIP712 } = await import("@zama-fhe/relayer-sdk/node");
  const { getAddress } = await import("ethers");
  const request = { publicKey: "ab".repeat(869), histogramAddress: getAddress(histogramAddress), vault: getAddress(vault), start: 1_700_000_000, days: 30 };
  const theirs = new KmsEIP712({ chainId: 31_337n, verifyingContractAddressDecryption: network.addresses.decryption }).createDelegatedUserDecryptEIP712({
    publicKey: request.publicKey,
    contractAddresses: [request.histogramAddress],
    delegatorAddress: request.vault,
    startTimestamp: request.start,
    durationDays: request.days,
    extraData: "0x00",
  });
  const { TypedDataEncoder } = await import("ethers");
  const { DelegatedUserDecryptRequestVerification: fields } = theirs.types;
  const expected = TypedDataEncoder.hash(theirs.domain, { DelegatedUserDecryptRequestVerification: [...fields] }, theirs.message);
  const ours = permitTypedData(network, request);
  expect(TypedDataEncoder.hash(ours.domain, ours.types, ours.message)).toBe(expected);
});
