import type { RandomSource } from "@/lib/kernel/random";

const BUFFER_BYTES = 4_096;

/**
 * The same random bytes, fetched from the source in blocks: a call to the platform's generator costs more than the decision it is for.
 * Bytes that were fetched and not used are forgotten with the buffer.
 */
export function bufferRandom(source: RandomSource): RandomSource {
  let buffer = new Uint8Array(0);
  return {
    bytes(length) {
      if (length > BUFFER_BYTES) return source.bytes(length);
      if (length > buffer.length) buffer = source.bytes(BUFFER_BYTES).slice();
      const taken = buffer.subarray(0, length);
      buffer = buffer.subarray(length);
      return taken;
    },
  };
}
