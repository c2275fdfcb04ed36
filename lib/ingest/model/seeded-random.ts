import "server-only";
import { createCipheriv, createHmac } from "node:crypto";
import type { RandomSource } from "@/lib/kernel/random";

const bytesPerDraw = 65_536;

/**
 * An endless stream of cryptographically strong bytes that depends on a secret and a label only (AES-256 in counter mode,
 * keyed by HMAC-SHA256). Preparing the same trip again then keeps and drops exactly the same visits: a run that was
 * interrupted can be finished without sampling the vehicle twice. The secret never leaves the device.
 */
export function seededRandom(secret: Uint8Array, label: string): RandomSource {
  const key = createHmac("sha256", secret).update(label).digest();
  const stream = createCipheriv("aes-256-ctr", key, Buffer.alloc(16));
  return {
    bytes(length) {
      if (!Number.isInteger(length) || length < 0 || length > bytesPerDraw) throw new RangeError(`length must be 0 to ${bytesPerDraw}`);
      return new Uint8Array(stream.update(Buffer.alloc(length)));
    },
  };
}
