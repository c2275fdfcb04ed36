import { recoverAddress, SigningKey } from "ethers";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createDigestSigner, recoverDigestSigner } from "@/lib/chain/gateway/digest-signer";
import { addressOfKey } from "@/lib/chain/gateway/signer";
import { bytesToHex, type Hex } from "@/lib/kernel/hex";

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map(bytesToHex);
/** Any scalar below 2^255 is below the curve's order. */
const keys = fc.bigInt({ min: 1n, max: 2n ** 255n }).map((value): Hex => `0x${value.toString(16).padStart(64, "0")}`);
const runs = { numRuns: 40, seed: 11 };

describe("a fast signature", () => {
  test("is the one that ethers makes, and both find its maker", () => {
    fc.assert(
      fc.property(keys, bytes(32), (key, digest) => {
        const signature = createDigestSigner(key).sign(digest);
        expect(signature).toBe(new SigningKey(key).sign(digest).serialized);
        expect(recoverDigestSigner(digest, signature)).toBe(addressOfKey(key));
        expect(recoverAddress(digest, signature)).toBe(addressOfKey(key));
      }),
      runs,
    );
  });

  test("over other bytes, or changed in any byte, is nobody's or another's", () => {
    fc.assert(
      fc.property(keys, bytes(32), fc.nat(64), fc.integer({ min: 1, max: 255 }), (key, digest, place, change) => {
        const signature = createDigestSigner(key).sign(digest);
        const at = 2 + 2 * place;
        const byte = (Number(`0x${signature.slice(at, at + 2)}`) ^ change).toString(16).padStart(2, "0");
        expect(recoverDigestSigner(digest, `0x${signature.slice(2, at)}${byte}${signature.slice(at + 2)}`)).not.toBe(addressOfKey(key));
      }),
      runs,
    );
  });
});

describe("what the chain would not take", () => {
  const digest: Hex = `0x${"11".repeat(32)}`;
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  const key: Hex = `0x${"22".repeat(32)}`;
  const good = createDigestSigner(key).sign(digest);

  test("is nobody's: the mirrored s, another v, zeros, numbers beyond the curve, other lengths", () => {
    const [r, s, v] = [good.slice(2, 66), BigInt(`0x${good.slice(66, 130)}`), Number(`0x${good.slice(130)}`)];
    const mirrored = (order - s).toString(16).padStart(64, "0");
    const bad: Hex[] = [
      `0x${r}${mirrored}${(v === 27 ? 28 : 27).toString(16)}`,
      `0x${good.slice(2, 130)}00`,
      `0x${good.slice(2, 130)}1d`,
      `0x${"00".repeat(64)}1b`,
      `0x${"ff".repeat(32)}${good.slice(66)}`,
      `0x${good.slice(2, 130)}`,
      `0x${good.slice(2)}00`,
      "0x",
    ];
    expect(bad.map((signature) => recoverDigestSigner(digest, signature))).toEqual(bad.map(() => null));
  });

  test("is not made with what is no key, and the key is not repeated", () => {
    const noKey = `0x${"ff".repeat(32)}`;
    expect(() => createDigestSigner(noKey)).toThrow(/private key must be/);
    expect(() => createDigestSigner(noKey)).not.toThrow(new RegExp(noKey));
  });
});
