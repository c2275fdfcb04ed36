import "server-only";
import { createHash, timingSafeEqual } from "node:crypto";

/** Whether two texts are equal, in a time that tells nothing of where they differ. */
export function isSameSecret(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
