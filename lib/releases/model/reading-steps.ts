import { formatDuration } from "@/lib/kernel/format";
import type { FheProgress } from "@/lib/fhe/model/client";

/** What happens between the press on the button and the numbers on the map, in this order. */
export const readingSteps = ["account", "money", "payment", "opening", "decryption"] as const;

export type ReadingStep = (typeof readingSteps)[number];

/** Where the work stands: one step under way, all before it done. */
export type ReadingProgress = {
  step: ReadingStep;
  /** Done of all within the step, when it can be counted. */
  share: number | null;
  detail: string | null;
};

export const stepNames: Record<ReadingStep, string> = {
  account: "Make a key in this browser",
  money: "Fetch test money",
  payment: "Pay",
  opening: "Open the release to your key",
  decryption: "Decrypt in this browser",
};

/** How long a step has left by its own pace: nothing before a tenth of it is done, since that would be a guess. */
export function timeLeft(share: number | null, elapsedSeconds: number): string | null {
  if (share === null || share < 0.1 || share >= 1) return null;
  return `about ${formatDuration((elapsedSeconds * (1 - share)) / share)} left`;
}

/** What the encryption client is doing, in words; `share` is over all releases that are being decrypted. */
export function describeDecryption({ stage }: Pick<FheProgress, "stage">, share: number, elapsedSeconds: number): string {
  if (stage === "waiting") return "Waiting for the relayer, which does not answer at the moment";
  if (stage === "keys") return "Loading the network's public keys";
  return ["Asking the key managers", timeLeft(share, elapsedSeconds)].filter((part) => part !== null).join(", ");
}
