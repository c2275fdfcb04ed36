/** Arithmetic on numbers written as bits, lowest first: slow, obvious, and nothing like the code that it is held against. */
export type Bits = readonly boolean[];

export function toBits(value: bigint, width: number): Bits {
  const digits = value.toString(2).padStart(width, "0").slice(-width);
  return Array.from(digits, (digit) => digit === "1").toReversed();
}

export function fromBits(bits: Bits): bigint {
  return BigInt(`0b${bits.map(Number).toReversed().join("")}`);
}

export function add(left: Bits, right: Bits, carryIn = false): Bits {
  let carry = carryIn;
  return left.map((bit, index) => {
    const ones = Number(bit) + Number(right[index]) + Number(carry);
    carry = ones >= 2;
    return ones % 2 === 1;
  });
}

export const not = (bits: Bits): Bits => bits.map((bit) => !bit);
export const subtract = (left: Bits, right: Bits): Bits => add(left, not(right), true);
export const shiftUp = (bits: Bits, places: number): Bits => bits.map((_, index) => index >= places && bits[index - places] === true);
export const shiftDown = (bits: Bits, places: number): Bits => bits.map((_, index) => bits[index + places] === true);
export const rotateUp = (bits: Bits, places: number): Bits => bits.map((_, index) => bits[(index + bits.length - places) % bits.length] === true);

export function multiply(left: Bits, right: Bits): Bits {
  return right.reduce<Bits>((sum, bit, place) => (bit ? add(sum, shiftUp(left, place)) : sum), left.map(() => false));
}

export function isLess(left: Bits, right: Bits): boolean {
  for (let index = left.length - 1; index >= 0; index -= 1) {
    if (left[index] !== right[index]) return right[index] === true;
  }
  return false;
}

/** Long division; the divisor must not be zero. */
export function divide(left: Bits, right: Bits): { quotient: Bits; remainder: Bits } {
  const width = left.length;
  const divisor = [...right, false];
  let remainder: Bits = divisor.map(() => false);
  const quotient = left.map(() => false);
  for (let place = width - 1; place >= 0; place -= 1) {
    remainder = shiftUp(remainder, 1).map((bit, index) => (index === 0 ? left[place] === true : bit));
    if (isLess(remainder, divisor)) continue;
    remainder = subtract(remainder, divisor);
    quotient[place] = true;
  }
  return { quotient, remainder: remainder.slice(0, width) };
}
