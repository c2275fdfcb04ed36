import { createHash } from "node:crypto";
import { getBytes, TypedDataEncoder, type Wallet } from "ethers";
import { ml_kem_pke_encrypt, u8vec_to_ml_kem_pke_pk } from "node-tkms";
import { bytesToHex, hexToBytes, type Hex } from "@/lib/kernel/hex";
import type { Handle } from "@/local/devnet/engine";
import { typeOfHandle } from "@/local/devnet/fhe-type";
import { decryptionDomain, linkTypes, userResponseTypes } from "@/local/devnet/typed-data";

/** Length of a reader's public key as the SDK sends it: 69 bytes of header, 800 of ML-KEM-512 encapsulation key. */
export const READER_KEY_BYTES = 869;
const encapsulationKeyBytes = 800;

export type UserDecryption = {
  kms: Wallet;
  /** The reader's serialized public key, 869 bytes. */
  publicKey: Hex;
  /** Who decrypts; for a delegated request the delegate. */
  userAddress: string;
  values: readonly { handle: Handle; value: bigint }[];
  /** Empty for relayer-sdk 0.4.x, which sends 0x00 but verifies against nothing; 0x00 for @fhevm/sdk. */
  signedExtraData: "0x" | "0x00";
};

export type UserDecryptionResponse = { payload: string; signature: string; extraData: "0x00" };

// bincode (legacy configuration): fixed-width little-endian integers, byte strings behind their length as u64.
function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

const sized = (bytes: Uint8Array): Buffer => Buffer.concat([u64(bytes.length), bytes]);

/** A tagged 32-byte digest, as the key manager hashes keys into what it signs. */
const digestKey = (key: Uint8Array): Buffer => createHash("shake256", { outputLength: 32 }).update("SIGNCRYP").update(key).digest();

/** A value as the key manager writes plaintexts: little-endian, as many bytes as its type has. */
export function littleEndian(value: bigint, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index += 1) bytes[index] = Number((value >> BigInt(8 * index)) & 0xffn);
  return bytes;
}

type Signcryption = { decryption: UserDecryption; verificationKey: Buffer; link: Uint8Array };

/** One value, signed by the key manager and then encrypted to the reader's key. */
function signcrypt({ handle, value }: { handle: Handle; value: bigint }, { decryption, verificationKey, link }: Signcryption): Buffer {
  const { kms, publicKey, userAddress } = decryption;
  const type = typeOfHandle(handle);
  const encapsulationKey = hexToBytes(publicKey).subarray(-encapsulationKeyBytes);
  const message = Buffer.concat([sized(littleEndian(value, type.bytes)), u32(type.id), sized(link)]);
  const signed = Buffer.concat([Buffer.from("USER_DEC"), message, hexToBytes(userAddress), digestKey(sized(encapsulationKey))]);
  const { r, s } = kms.signingKey.sign(createHash("sha256").update(signed).digest());
  const plain = Buffer.concat([message, getBytes(r), getBytes(s), digestKey(verificationKey)]);
  const encrypted = ml_kem_pke_encrypt(plain, u8vec_to_ml_kem_pke_pk(hexToBytes(publicKey)));
  const packingFactor = u32(1);
  return Buffer.concat([u32(type.id), sized(encrypted), sized(hexToBytes(handle)), packingFactor]);
}

/**
 * The answer of a key manager of one party to a user decryption: what `process_user_decryption_resp_from_js` of tkms
 * 0.12.8 accepts with verification on. Formats: kms 0.12.8, core/service (signcryption, user_decryption_wasm.rs).
 */
export function buildUserDecryptionResponse(decryption: UserDecryption): UserDecryptionResponse {
  const { kms, publicKey, userAddress, values, signedExtraData } = decryption;
  const handles = values.map(({ handle }) => handle);
  const link = getBytes(TypedDataEncoder.hash(decryptionDomain, linkTypes, { publicKey, handles, userAddress }));
  const verificationKey = sized(getBytes(kms.signingKey.compressedPublicKey));
  const entries = values.map((value) => signcrypt(value, { decryption, verificationKey, link }));
  const partyId = u32(1);
  const degree = u32(0);
  const payload = Buffer.concat([sized(verificationKey), sized(link), u64(entries.length), ...entries, partyId, degree]);
  const digest = TypedDataEncoder.hash(decryptionDomain, userResponseTypes, {
    publicKey,
    ctHandles: handles,
    userDecryptedShare: bytesToHex(payload),
    extraData: signedExtraData,
  });
  return { payload: payload.toString("hex"), signature: kms.signingKey.sign(digest).serialized.slice(2), extraData: "0x00" };
}
