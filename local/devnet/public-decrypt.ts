import { AbiCoder, type Wallet } from "ethers";
import { checkBits, type Ciphertexts } from "@/local/devnet/ciphertexts";
import { RelayerRefusal } from "@/local/devnet/relayer-refusal";
import type { PublicDecryptRequest } from "@/local/devnet/relayer-schema";
import { decryptionDomain, publicDecryptionTypes } from "@/local/devnet/typed-data";

export type PublicDecryptResult = { decryptedValue: string; signatures: string[]; extraData: "0x00" };

/**
 * Decrypts what a contract has made readable to everybody, signed so that `FHE.checkSignatures` accepts it.
 * The signature covers empty extra data although the request says 0x00, as on the network.
 */
export async function decryptPublicly(
  { ciphertexts, kms }: { ciphertexts: Ciphertexts; kms: Wallet },
  { ciphertextHandles: handles }: PublicDecryptRequest,
): Promise<PublicDecryptResult> {
  checkBits("ciphertextHandles", handles);
  for (const handle of handles) {
    const allowed = await ciphertexts.isAllowed("isAllowedForDecryption", [handle]);
    if (!allowed) throw new RelayerRefusal("not_allowed_on_host_acl", `Handle ${handle} was not made publicly decryptable by its contract.`);
  }
  const values = await ciphertexts.decrypt(handles);
  const decryptedResult = AbiCoder.defaultAbiCoder().encode(handles.map(() => "uint256"), values.map(({ value }) => value));
  const signature = await kms.signTypedData(decryptionDomain, publicDecryptionTypes, { ctHandles: handles, decryptedResult, extraData: "0x" });
  return { decryptedValue: decryptedResult.slice(2), signatures: [signature.slice(2)], extraData: "0x00" };
}
