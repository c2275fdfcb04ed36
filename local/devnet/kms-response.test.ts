import { Wallet } from "ethers";
import * as tkms from "node-tkms";
import { expect, test } from "vitest";
import { z } from "zod";
import { bigintToHex, bytesToHex, type Hex } from "@/lib/kernel/hex";
import { GATEWAY_ADDRESSES, GATEWAY_CHAIN_ID } from "@/local/devnet/constants";
import type { Handle } from "@/local/devnet/engine";
import { buildUserDecryptionResponse, littleEndian, READER_KEY_BYTES, type UserDecryptionResponse } from "@/local/devnet/kms-response";

const kms = new Wallet(`0x${"11".repeat(32)}`);
const user = new Wallet(`0x${"22".repeat(32)}`).address;
const secretKey = tkms.ml_kem_pke_keygen();
const publicKey = tkms.ml_kem_pke_get_pk(secretKey);
const serialized = bytesToHex(tkms.ml_kem_pke_pk_to_u8vec(publicKey));

const handleOf = (type: number): Handle => `0x${"ab".repeat(22)}0000000000007a69${type.toString(16).padStart(2, "0")}00`;
const values = [
  { handle: handleOf(0), value: 1n },
  { handle: handleOf(2), value: 200n },
  { handle: handleOf(3), value: 60_000n },
  { handle: handleOf(4), value: 4_000_000_000n },
  { handle: handleOf(5), value: 12_345_678_901_234_567_890n },
  { handle: handleOf(6), value: (1n << 127n) + 5n },
  { handle: handleOf(7), value: 0x50157cffd6bbfa2dece204a89ec419c23ef5755dn },
  { handle: handleOf(8), value: (1n << 255n) + 77n },
];

const plaintexts = z.array(z.object({ bytes: z.instanceof(Uint8Array) }));

/** What the relayer SDK does with an answer, verification included. */
function open(response: UserDecryptionResponse, by = user): bigint[] {
  const client = tkms.new_client([tkms.new_server_id_addr(1, kms.address)], by, "default");
  const chainId = Buffer.from(bigintToHex(BigInt(GATEWAY_CHAIN_ID), 32).slice(2), "hex");
  const domain = { name: "Decryption", version: "1", chain_id: new Uint8Array(chainId), verifying_contract: GATEWAY_ADDRESSES.decryption, salt: null };
  const request = {
    signature: `${"00".repeat(64)}1b`,
    client_address: by,
    enc_key: serialized.slice(2),
    ciphertext_handles: values.map(({ handle }) => handle.slice(2)),
    eip712_verifying_contract: GATEWAY_ADDRESSES.decryption,
  };
  const opened: unknown = tkms.process_user_decryption_resp_from_js(client, request, domain, [response], publicKey, secretKey, true);
  return plaintexts.parse(opened).map(({ bytes }) => BigInt(bytesToHex(bytes)));
}

const build = (changes: { userAddress?: string; publicKey?: Hex; kms?: Wallet; signedExtraData?: "0x" | "0x00" } = {}): UserDecryptionResponse =>
  buildUserDecryptionResponse({ kms, publicKey: serialized, userAddress: user, values, signedExtraData: "0x", ...changes });

test("the SDK's key manager client opens an answer of every type, with verification on", () => {
  expect(open(build())).toEqual(values.map(({ value }) => value));
});

test("an answer that was tampered with, or that is somebody else's, is refused by the client", () => {
  const answer = build();
  const flip = (text: string, at: number): string => `${text.slice(0, at)}${text[at] === "0" ? "1" : "0"}${text.slice(at + 1)}`;
  expect(() => open({ ...answer, payload: flip(answer.payload, answer.payload.length - 20) })).toThrow();
  expect(() => open({ ...answer, signature: flip(answer.signature, 3) })).toThrow();
  expect(() => open(build({ userAddress: kms.address }))).toThrow();
  expect(() => open(build({ kms: new Wallet(`0x${"33".repeat(32)}`) }))).toThrow();
});

test("an answer for another reader's key cannot be opened", () => {
  const other = tkms.ml_kem_pke_pk_to_u8vec(tkms.ml_kem_pke_get_pk(tkms.ml_kem_pke_keygen()));
  expect(() => open(build({ publicKey: bytesToHex(other) }))).toThrow();
});

test("extra data is part of what is signed, in either convention", () => {
  expect(build({ signedExtraData: "0x00" }).extraData).toBe("0x00");
  expect(() => open(build({ signedExtraData: "0x00" }))).toThrow(); // relayer-sdk 0.4.x verifies over nothing
});

test("a reader's key has the length that requests are checked for", () => {
  expect((serialized.length - 2) / 2).toBe(READER_KEY_BYTES);
});

test("plaintexts are little-endian and as long as their type", () => {
  expect(littleEndian(0x0102n, 4)).toEqual(Uint8Array.of(2, 1, 0, 0));
});
