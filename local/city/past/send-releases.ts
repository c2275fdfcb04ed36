import { Transaction } from "ethers";
import { z } from "zod";
import type { Chain } from "@/lib/chain/gateway/provider";
import type { Signer } from "@/lib/chain/gateway/signer";
import { waitForReceipt } from "@/lib/chain/gateway/transaction";
import { AppError } from "@/lib/kernel/errors";
import { bigintToHex, isHex, type Hex } from "@/lib/kernel/hex";
import { importReleaseData } from "@/local/city/demo-histogram";
import type { PastRelease } from "@/local/city/past/make-releases";
import { signImport } from "@/local/devnet/seeded-import";

export type EncryptOptions = { readonly curator: Signer; readonly devnetUrl: string; readonly regionId: number };
export type SendOptions = { readonly chain: Chain; readonly curator: Signer };

const WORDS_OF_INPUT = 8;
/** What one import may use; measured 1.8M for 13 planes. The block's gas is shared out by it. */
const GAS_LIMIT = 2_400_000n;
const FEES = { maxFeePerGas: 100n * 10n ** 9n, maxPriorityFeePerGas: 10n ** 9n };
const TIMEOUT_MS = 120_000;

const hex = z.string().refine(isHex);
const answerSchema = z.object({ inputs: z.array(z.object({ handles: z.array(hex), inputProof: hex })) });
type Input = z.infer<typeof answerSchema>["inputs"][number];

/** Has the planes encrypted by the engine's own key. Throws `engine.unavailable` when the local network does not answer. */
async function encrypt(inputs: Hex[][], { curator, devnetUrl }: EncryptOptions): Promise<Input[]> {
  const response = await fetch(`${devnetUrl}/devnet/import`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(await signImport(curator.privateKey, inputs)),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((cause: unknown) => {
    throw new AppError("engine.unavailable", `The local network at ${devnetUrl} does not answer.`, { cause });
  });
  if (response.ok) return answerSchema.parse(await response.json()).inputs;
  throw new AppError("engine.unavailable", `The local network encrypts nothing (HTTP ${response.status}): ${await response.text()}`);
}

/** The planes as words of inputs, at most eight each. */
function splitPlanes(planes: readonly bigint[]): Hex[][] {
  const count = Math.ceil(planes.length / WORDS_OF_INPUT);
  return Array.from({ length: count }, (_, input) => planes.slice(input * WORDS_OF_INPUT, (input + 1) * WORDS_OF_INPUT).map((plane) => bigintToHex(plane, 32)));
}

/** Has some releases encrypted; resolves to the calls that import them. Throws `engine.unavailable`. */
export async function encryptReleases(releases: readonly PastRelease[], options: EncryptOptions): Promise<string[]> {
  const split = releases.map(({ planes }) => splitPlanes(planes));
  const inputs = await encrypt(split.flat(), options);
  let taken = 0;
  return releases.map(({ epoch, tile, tickets }, index) => {
    const count = split[index]?.length ?? 0;
    const own = inputs.slice(taken, (taken += count));
    const handles = own.flatMap((input) => input.handles);
    return importReleaseData({ regionId: options.regionId, epoch, tile, tickets, vehicles: tickets, handles, proofs: own.map(({ inputProof }) => inputProof) });
  });
}

/** Signs and sends calls in order, without waiting for any of them. */
async function submit(calls: readonly string[], { chain, curator }: SendOptions): Promise<string[]> {
  const { chainId, addresses } = chain.network;
  const first = await curator.getNonce("pending");
  const hashes: string[] = [];
  for (const [index, data] of calls.entries()) {
    const raw = await curator.signTransaction({ type: 2, chainId, to: addresses.histogram, data, nonce: first + index, gasLimit: GAS_LIMIT, ...FEES });
    await chain.provider.send("eth_sendRawTransaction", [raw]);
    hashes.push(Transaction.from(raw).hash ?? "");
  }
  return hashes;
}

/**
 * Sends calls that import releases; resolves to what waits until all of them are in blocks. Throws `chain.*`; the
 * waiting throws `chain.reverted` when one was refused, `chain.timeout` when one did not come: whoever sent it looks
 * again at what is missing.
 */
export async function sendImports(calls: readonly string[], options: SendOptions): Promise<() => Promise<void>> {
  const hashes = await submit(calls, options);
  return async () => {
    for (const hash of hashes) {
      const receipt = await waitForReceipt(options.chain, hash, { what: "import a release", timeoutMs: TIMEOUT_MS });
      if (receipt.status !== 1) throw new AppError("chain.reverted", `The import of transaction ${hash} was refused (${receipt.gasUsed} gas used).`, { details: { transaction: hash } });
    }
  };
}
