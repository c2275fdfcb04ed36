import { getAddress, isAddress } from "ethers";
import { AppError } from "@/lib/kernel/errors";
import type { Hex } from "@/lib/kernel/hex";
import { parseHex } from "@/lib/chain/model/parse-hex";

/** A 20-byte address in its checksummed spelling (EIP-55); throws `config.invalid` on anything else. */
export function checksumAddress(text: string): Hex {
  if (!isAddress(text)) throw new AppError("config.invalid", `"${text}" is not an address (0x and 40 hexadecimal digits).`);
  return parseHex(getAddress(text), 20);
}
