import { concat, keccak256, toUtf8Bytes, zeroPadValue } from "ethers";
import { bigintToHex, bytesToHex, hexToBytes, type Hex } from "@/lib/kernel/hex";
import { CHAIN_ID, HOST_ADDRESSES } from "@/local/devnet/constants";
import type { Handle } from "@/local/devnet/engine";

const chainWord = zeroPadValue(bigintToHex(BigInt(CHAIN_ID), 4), 32);

/**
 * Handles of an input's values: keccak256("ZK-w_hdl" ‖ keccak256("ZK-w_rct" ‖ blob) ‖ index ‖ acl ‖ chain id) with its
 * bytes 21 to 31 overwritten by index, chain id (8 bytes), type and version 0.
 * Source: zkproof-worker/src/verifier.rs of zama-ai/fhevm, FhevmHandle.ts of relayer-sdk 0.4.3.
 */
export function computeInputHandles(blob: Hex, types: readonly number[]): Handle[] {
  const blobHash = keccak256(concat([toUtf8Bytes("ZK-w_rct"), blob]));
  return types.map((type, index) => {
    const hash = hexToBytes(keccak256(concat([toUtf8Bytes("ZK-w_hdl"), blobHash, Uint8Array.of(index), HOST_ADDRESSES.acl, chainWord])));
    hash[21] = index;
    new DataView(hash.buffer).setBigUint64(22, BigInt(CHAIN_ID));
    hash[30] = type;
    hash[31] = 0;
    return bytesToHex(hash);
  });
}

/** What a proof is bound to: contract ‖ user ‖ acl ‖ chain id (32 bytes), 92 bytes. Source: relayer-sdk 0.4.3, encrypt.ts. */
export function computeAuxiliaryData(contractAddress: string, userAddress: string): Hex {
  return bytesToHex(hexToBytes(concat([contractAddress, userAddress, HOST_ADDRESSES.acl, chainWord])));
}
