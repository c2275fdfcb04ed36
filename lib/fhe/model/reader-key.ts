import { z } from "zod";
import type { Hex } from "@/lib/kernel/hex";
import { isHex } from "@/lib/kernel/hex";

const hex = z.custom<Hex>((value) => typeof value === "string" && isHex(value), "must be 0x-hexadecimal");
const bareHex = z.string().regex(/^(?:[0-9a-f]{2})+$/, "must be hexadecimal without 0x");

/** A signature by which the key managers re-encrypt one vault's planes for the reader's public key. */
export const readingPermitSchema = z.object({
  histogramAddress: hex,
  /** Unix seconds. */
  start: z.number().int(),
  days: z.number().int().min(1).max(365),
  signature: hex,
});

/** Everything that a reader keeps: JSON, never sent anywhere, in a file with mode 0600 or in the browser's storage. */
export const readerKeySchema = z.object({
  /** The account that releases are opened to. */
  address: hex,
  privateKey: hex,
  /** ML-KEM pair that results are re-encrypted for, as the relayer SDK makes it. */
  encryption: z.object({ publicKey: bareHex, privateKey: bareHex }),
  /** By vault, lower case. */
  permits: z.record(z.string(), readingPermitSchema),
});

export type ReadingPermit = z.infer<typeof readingPermitSchema>;
export type ReaderKey = z.infer<typeof readerKeySchema>;

const secondsPerDay = 86_400;
/** Days for which a permit is signed; the opening on chain bounds it further. */
export const permitDays = 30;
/** Seconds by which the network's clock may be behind ours. */
const clockSlackSeconds = 300;

/** The kept permit for a vault, unless it is missing, for another histogram or about to run out. */
export function findPermit(reader: ReaderKey, target: { vault: string; histogramAddress: string; nowSeconds: number }): ReadingPermit | undefined {
  const permit = reader.permits[target.vault.toLowerCase()];
  if (permit === undefined || permit.histogramAddress.toLowerCase() !== target.histogramAddress.toLowerCase()) return undefined;
  const end = permit.start + permit.days * secondsPerDay;
  return target.nowSeconds + clockSlackSeconds < end && permit.start <= target.nowSeconds ? permit : undefined;
}

/** From when a permit that is signed now is valid: a little in the past, since a start in the future is refused. */
export function permitStart(nowSeconds: number): number {
  return nowSeconds - clockSlackSeconds;
}
