import "server-only";
import { access, constants } from "node:fs/promises";
import { checksumAddress } from "@/lib/chain/model/address";
import { addressOfKey } from "@/lib/chain/gateway/signer";
import { attestProof } from "@/lib/fhe/gateway/attest-proof";
import { keyFile, keyFolder, openKeyFolder } from "@/lib/fhe/gateway/key-files";
import { openNativeProver } from "@/lib/fhe/gateway/native-prover";
import { loadPublicKeys, type PublicKeys } from "@/lib/fhe/gateway/public-keys";
import { SdkSession } from "@/lib/fhe/gateway/sdk-session";
import { checksumNetwork, providePermit } from "@/lib/fhe/gateway/sign-permit";
import type { FheClient, FheProgress } from "@/lib/fhe/model/client";
import type { FheNetwork } from "@/lib/fhe/model/network";
import { env } from "@/lib/platform/env";

export type FheClientOptions = {
  /** Path of the `fhe-engine` program; when it is not there, or not given, the SDK proves (some 30 s instead of 3). */
  proverBinary?: string | undefined;
  /** Where public keys are kept; default a folder in CACHE_DIR. */
  keyFolder?: string | undefined;
  onProgress?: ((progress: FheProgress) => void) | undefined;
};

/** A client that tells which prover it has. */
export type NodeFheClient = FheClient & { readonly provesNatively: boolean };

async function isProgram(file: string | undefined): Promise<boolean> {
  return file !== undefined && (await access(file, constants.X_OK).then(() => true, () => false));
}

type OpenProver = ReturnType<typeof openNativeProver>;

async function findProver(network: FheNetwork, keys: PublicKeys, options: FheClientOptions & { keyFolder: string }): Promise<OpenProver | undefined> {
  const { proverBinary } = options;
  if (proverBinary === undefined || !(await isProgram(proverBinary))) return undefined;
  return openNativeProver({
    binary: proverBinary,
    publicKeyFile: keyFile(options.keyFolder, keys.publicKey.id),
    crsFile: keyFile(options.keyFolder, keys.crs.id),
    network,
  });
}

/**
 * A client for Node. Loads the network's public keys (4.6 MB, kept on disk) and starts the relayer SDK.
 * Throws `relayer.*`, `chain.unreachable`, `config.invalid`.
 */
export async function createFheClient(given: FheNetwork, options: FheClientOptions = {}): Promise<NodeFheClient> {
  const network = checksumNetwork(given);
  const folder = options.keyFolder ?? keyFolder();
  const relayerApiKey = env().RELAYER_API_KEY;
  const headers: Record<string, string> = relayerApiKey === undefined ? {} : { "x-api-key": relayerApiKey };
  const keys = await loadPublicKeys(network, {
    cache: openKeyFolder(folder),
    headers,
    onProgress: (done, total) => options.onProgress?.({ stage: "keys", done, total }),
  });
  const prover = await findProver(network, keys, { ...options, keyFolder: folder });
  const sdk = await import("@zama-fhe/relayer-sdk/node");
  const session = await SdkSession.open({
    sdk,
    network,
    keys,
    ...(prover === undefined ? {} : { native: { prove: prover.prove, attest: (input, attestors) => attestProof(network, input, { attestors, headers }) } }),
    ...(relayerApiKey === undefined ? {} : { relayerApiKey }),
  });
  return {
    provesNatively: prover !== undefined,
    encryptWords: (request) =>
      session.encrypt({ ...request, contractAddress: checksumAddress(request.contractAddress), userAddress: checksumAddress(request.userAddress) }),
    async decryptRelease(request) {
      const target = { histogramAddress: checksumAddress(request.histogramAddress), vault: checksumAddress(request.vault) };
      const permit = await providePermit(network, request.reader, { ...target, nowSeconds: Math.floor(Date.now() / 1000) });
      return session.decrypt({ ...request, ...target, permit });
    },
    async createReaderKey(privateKey) {
      return { address: addressOfKey(privateKey), privateKey, encryption: session.createEncryptionPair(), permits: {} };
    },
    close: () => prover?.close(),
  };
}
