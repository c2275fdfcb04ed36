import { concat, getBytes, hexlify, keccak256, toBeHex, toUtf8Bytes } from "ethers";
import type { Hex } from "@/lib/kernel/hex";
import { parseHex } from "@/lib/chain/model/parse-hex";

/** Type number of euint256 in a handle. */
const euint256 = 8;

/**
 * The handles that an input of `count` euint256 has, from the bytes of its proof.
 * keccak("ZK-w_hdl" ‖ keccak("ZK-w_rct" ‖ proof) ‖ index ‖ ACL ‖ chain id as 32 bytes), of which bytes 21 to 31 are
 * replaced by index, chain id (8 bytes), type and version 0. Source: fhEVM zkproof-worker, `verifier.rs`.
 */
export function inputHandles(proof: Uint8Array, { count, acl, chainId }: { count: number; acl: string; chainId: number }): Hex[] {
  const proofHash = keccak256(concat([toUtf8Bytes("ZK-w_rct"), proof]));
  return Array.from({ length: count }, (_, index) => {
    const hash = keccak256(concat([toUtf8Bytes("ZK-w_hdl"), proofHash, toBeHex(index, 1), acl, toBeHex(chainId, 32)]));
    const tail = concat([toBeHex(index, 1), toBeHex(chainId, 8), toBeHex(euint256, 1), "0x00"]);
    return parseHex(hexlify(concat([getBytes(hash).slice(0, 21), tail])), 32);
  });
}

/** Handles and attestations as the contract takes them: counts (1 byte each), handles, signatures, one zero byte of extra data. */
export function encodeInputProof(handles: readonly Hex[], signatures: readonly Hex[]): Hex {
  return parseHex(concat([toBeHex(handles.length, 1), toBeHex(signatures.length, 1), ...handles, ...signatures, "0x00"]));
}
