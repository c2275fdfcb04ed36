/** Bytes as lower- or upper-case hexadecimal with the prefix 0x. */
export type Hex = `0x${string}`;

const hexPattern = /^0x(?:[0-9a-fA-F]{2})*$/;

/** Whether the text is an even number of hexadecimal digits behind 0x. */
export function isHex(text: string): text is Hex {
  return hexPattern.test(text);
}

/** Bytes to hexadecimal, lower case. */
export function bytesToHex(bytes: Uint8Array): Hex {
  let digits = "";
  for (const byte of bytes) digits += byte.toString(16).padStart(2, "0");
  return `0x${digits}`;
}

/** Hexadecimal (with or without 0x) to bytes; throws a RangeError on anything else. */
export function hexToBytes(text: string): Uint8Array {
  const prefixed = text.startsWith("0x") ? text : `0x${text}`;
  if (!isHex(prefixed)) throw new RangeError("not an even number of hexadecimal digits");
  const bytes = new Uint8Array((prefixed.length - 2) / 2);
  for (let index = 0; index < bytes.length; index += 1) {
    bytes[index] = Number.parseInt(prefixed.slice(2 + 2 * index, 4 + 2 * index), 16);
  }
  return bytes;
}

/** A non-negative integer as hexadecimal of exactly `length` bytes, big-endian; throws a RangeError when it does not fit. */
export function bigintToHex(value: bigint, length: number): Hex {
  if (value < 0n || value >= 1n << BigInt(8 * length)) throw new RangeError(`value does not fit ${length} bytes`);
  return `0x${value.toString(16).padStart(2 * length, "0")}`;
}
