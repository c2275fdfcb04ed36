import { z } from "zod";
import { isHex, type Hex } from "@/lib/kernel/hex";
import { delay } from "@/lib/kernel/time";
import { encodeInputProof } from "@/local/devnet/attest";

const answerSchema = z.looseObject({
  status: z.string(),
  result: z.unknown().optional(),
  error: z.looseObject({ label: z.string(), message: z.string(), details: z.array(z.object({ field: z.string(), issue: z.string() })).optional() }).optional(),
});
export type RelayerAnswer = z.infer<typeof answerSchema> & { code: number };

async function request(url: string, post?: { body: string; headers: Record<string, string> }): Promise<RelayerAnswer> {
  const init = post === undefined ? {} : { method: "POST", body: post.body, headers: { "content-type": "application/json", ...post.headers } };
  const response = await fetch(url, init);
  return { code: response.status, ...answerSchema.parse(await response.json()) };
}

const queuedSchema = z.object({ jobId: z.string() });

/** Posts to the relayer and waits for the outcome, whatever it is. A text is sent as it is. */
export async function postToRelayer(relayerUrl: string, operation: string, body: unknown, headers: Record<string, string> = {}): Promise<RelayerAnswer> {
  const queued = await request(`${relayerUrl}/${operation}`, { body: typeof body === "string" ? body : JSON.stringify(body), headers });
  if (queued.code !== 202) return queued;
  const { jobId } = queuedSchema.parse(queued.result);
  for (;;) {
    const answer = await request(`${relayerUrl}/${operation}/${jobId}`);
    if (answer.code !== 202) return answer;
    await delay(20);
  }
}

const hex = z.string().refine(isHex);
const acceptedSchema = z.object({ accepted: z.literal(true), handles: z.array(hex), signatures: z.array(hex) });

export type InputRequest = { ciphertext: Hex; contractAddress: string; userAddress: string };

export function inputProofBody({ ciphertext, contractAddress, userAddress }: InputRequest): Record<string, string> {
  return { contractChainId: "0x7a69", contractAddress, userAddress, ciphertextWithInputVerification: ciphertext.slice(2), extraData: "0x00" };
}

/** Has a proven input attested; throws when it is not. */
export async function postInputProof(relayerUrl: string, input: InputRequest): Promise<{ handles: Hex[]; inputProof: Hex }> {
  const { result } = await postToRelayer(relayerUrl, "input-proof", inputProofBody(input));
  const { handles, signatures } = acceptedSchema.parse(result);
  return { handles, inputProof: encodeInputProof(handles, signatures) };
}
