import { checksumAddress } from "@/lib/chain/model/address";
import { signTypedData } from "@/lib/chain/gateway/signer";
import type { FheNetwork } from "@/lib/fhe/model/network";
import { permitTypedData } from "@/lib/fhe/model/permit-typed-data";
import { findPermit, permitDays, permitStart, type ReaderKey, type ReadingPermit } from "@/lib/fhe/model/reader-key";

/**
 * The reader's permit for a vault: the kept one while it is good, else a new one, which is added to `reader.permits`.
 * Signed silently by the reader's own key; it stays on this side of every worker and request.
 */
export async function providePermit(
  network: FheNetwork,
  reader: ReaderKey,
  target: { vault: string; histogramAddress: string; nowSeconds: number },
): Promise<ReadingPermit> {
  const kept = findPermit(reader, target);
  if (kept !== undefined) return kept;
  const histogramAddress = checksumAddress(target.histogramAddress);
  const start = permitStart(target.nowSeconds);
  const data = permitTypedData(network, {
    publicKey: reader.encryption.publicKey,
    histogramAddress,
    vault: checksumAddress(target.vault),
    start,
    days: permitDays,
  });
  const permit: ReadingPermit = { histogramAddress, start, days: permitDays, signature: await signTypedData(reader.privateKey, data) };
  reader.permits[target.vault.toLowerCase()] = permit;
  return permit;
}

/** The network with every address in its checksummed spelling, which the SDK insists on. Throws `config.invalid`. */
export function checksumNetwork(network: FheNetwork): FheNetwork {
  const { acl, kmsVerifier, inputVerifier, decryption, inputVerification } = network.addresses;
  return {
    ...network,
    addresses: {
      acl: checksumAddress(acl),
      kmsVerifier: checksumAddress(kmsVerifier),
      inputVerifier: checksumAddress(inputVerifier),
      decryption: checksumAddress(decryption),
      inputVerification: checksumAddress(inputVerification),
    },
  };
}
