import "server-only";
import { getAddress, keccak256 } from "ethers";
import { recover, signRecoverable, type RecoveryIdType } from "tiny-secp256k1";
import { bytesToHex, hexToBytes, type Hex } from "@/lib/kernel/hex";
import { addressOfKey, requireKey } from "@/lib/chain/gateway/signer";
import { parseHex } from "@/lib/chain/model/parse-hex";

/**
 * Signing and recovering for a server that does it hundreds of times a second: libsecp256k1 as WebAssembly, several times as
 * fast as ethers' own curve (tiny-secp256k1).
 */

/** A key that signs 32 bytes at a time; the same signature for the same bytes (RFC 6979, low s; r ‖ s ‖ v, 65 bytes). */
export type DigestSigner = { readonly address: Hex; sign(digest: Hex): Hex };

/** Half of the curve's order: a signature with a larger s is refused on chain (EIP-2). */
const largestS = BigInt("0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0");

/** v of a signature without a chain id. */
const evenV = 27;

/** Throws `config.invalid` without repeating the key. */
export function createDigestSigner(privateKey: string): DigestSigner {
  const key = hexToBytes(parseHex(requireKey(privateKey), 32));
  const sign = (digest: Hex): Hex => {
    const { signature, recoveryId } = signRecoverable(hexToBytes(digest), key);
    return bytesToHex(Uint8Array.of(...signature, evenV + recoveryId));
  };
  return { address: addressOfKey(privateKey), sign };
}

function recoveryIdOf(v: number | undefined): RecoveryIdType | null {
  if (v === evenV) return 0;
  return v === evenV + 1 ? 1 : null;
}

/** Who signed 32 bytes, or null when the signature (r ‖ s ‖ v) is none that the chain would take. */
export function recoverDigestSigner(digest: Hex, signature: Hex): Hex | null {
  const bytes = hexToBytes(signature);
  const recoveryId = recoveryIdOf(bytes[64]);
  if (bytes.length !== 65 || recoveryId === null || BigInt(bytesToHex(bytes.subarray(32, 64))) > largestS) return null;
  try {
    const publicKey = recover(hexToBytes(digest), bytes.subarray(0, 64), recoveryId, false);
    return publicKey === null ? null : parseHex(getAddress(`0x${keccak256(publicKey.subarray(1)).slice(26)}`), 20);
  } catch {
    return null; // r or s is not a number of the curve
  }
}
