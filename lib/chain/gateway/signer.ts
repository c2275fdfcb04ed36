import { computeAddress, TypedDataEncoder, verifyTypedData, Wallet } from "ethers";
import { AppError } from "@/lib/kernel/errors";
import { bytesToHex, type Hex } from "@/lib/kernel/hex";
import type { RandomSource } from "@/lib/kernel/random";
import type { Chain } from "@/lib/chain/gateway/provider";
import { parseHex } from "@/lib/chain/model/parse-hex";
import type { TypedData } from "@/lib/chain/model/typed-data";

/** An account whose key this process holds. */
export type Signer = Wallet;

/** A private key that has never been used: 32 random bytes (zero and values above the curve's order are drawn again). */
export function createPrivateKey(random: RandomSource): Hex {
  for (;;) {
    const key = bytesToHex(random.bytes(32));
    if (isPrivateKey(key)) return key;
  }
}

function isPrivateKey(key: string): boolean {
  try {
    computeAddress(key);
    return true;
  } catch {
    return false; // not a scalar of the curve
  }
}

/** The account of a private key on a chain, ready to send. Throws `config.invalid` without repeating the key. */
export function connectSigner(chain: Chain, privateKey: string): Signer {
  return new Wallet(requireKey(privateKey), chain.provider);
}

/** The address of a private key. Throws `config.invalid` without repeating the key. */
export function addressOfKey(privateKey: string): Hex {
  return parseHex(computeAddress(requireKey(privateKey)), 20);
}

/** The key itself. Throws `config.invalid` without repeating it. */
export function requireKey(privateKey: string): string {
  if (isPrivateKey(privateKey)) return privateKey;
  throw new AppError("config.invalid", "A private key must be 0x and 64 hexadecimal digits, below the curve's order.");
}

/** EIP-712 signature (65 bytes) by a private key. */
export async function signTypedData(privateKey: string, data: TypedData): Promise<Hex> {
  const wallet = new Wallet(requireKey(privateKey));
  return parseHex(await wallet.signTypedData(data.domain, data.types, data.message), 65);
}

/** The 32 bytes that are signed. */
export function typedDataDigest(data: TypedData): Hex {
  return parseHex(TypedDataEncoder.hash(data.domain, data.types, data.message), 32);
}

/** Who signed; throws an ethers error when the signature is malformed. */
export function recoverTypedDataSigner(data: TypedData, signature: string): Hex {
  return parseHex(verifyTypedData(data.domain, data.types, data.message, signature), 20);
}
