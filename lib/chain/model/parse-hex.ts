import { AppError } from "@/lib/kernel/errors";
import { isHex, type Hex } from "@/lib/kernel/hex";

/** A string from outside as `Hex`, of exactly `length` bytes when that is given; throws `internal` otherwise. */
export function parseHex(text: string, length?: number): Hex {
  if (isHex(text) && (length === undefined || text.length === 2 + 2 * length)) return text;
  throw new AppError("internal", `Expected ${length ?? "any number of"} bytes as 0x-hexadecimal.`);
}
