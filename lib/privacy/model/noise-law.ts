import { AppError } from "@/lib/kernel/errors";
import { profileNames, type ProfileName } from "@/lib/geo/model/region";

/** What the chain says about a profile (`noiseProfile` of the histogram contract). */
export type NoiseConstants = {
  /** Numerators over 2^precisionBits of the probabilities that the noise's binary digits are set, lowest digit first. */
  readonly digits: readonly number[];
  readonly precisionBits: number;
  /** k: a cell is shown when one of its classes reached this noised count. */
  readonly threshold: number;
};

/** The law of the noise on every counter of a release: g or -1-g with equal chance, g two-sided geometric by its digits. */
export type NoiseLaw = NoiseConstants & {
  readonly name: ProfileName;
  /** e: what one sampled visit spends of the privacy budget. */
  readonly epsilonPerVisit: number;
};

type Parameters = { readonly epsilonPerVisit: number; readonly planes: number; readonly precisionBits: number };

const parameters: Readonly<Record<ProfileName, Parameters>> = {
  standard: { epsilonPerVisit: 1 / 4, planes: 6, precisionBits: 16 },
  careful: { epsilonPerVisit: 1 / 8, planes: 7, precisionBits: 16 },
  demo: { epsilonPerVisit: 1 / 2, planes: 4, precisionBits: 8 },
};

/**
 * The digits of a geometric variable with ratio q = exp(-e) are independent, digit j set with probability q^(2^j) / (1 + q^(2^j));
 * rounded to numerators over 2^t (docs/encrypted-histograms.md, section 4).
 */
export function roundDigits({ epsilonPerVisit, planes, precisionBits }: Parameters): number[] {
  return Array.from({ length: planes }, (_, digit) => {
    const power = Math.exp(-epsilonPerVisit * 2 ** digit);
    return Math.round((2 ** precisionBits * power) / (1 + power));
  });
}

function makeLaw(name: ProfileName): NoiseLaw {
  const { epsilonPerVisit, precisionBits } = parameters[name];
  return { name, epsilonPerVisit, digits: roundDigits(parameters[name]), precisionBits, threshold: Math.ceil(10 / epsilonPerVisit) };
}

const laws: Readonly<Record<ProfileName, NoiseLaw>> = {
  standard: makeLaw("standard"),
  careful: makeLaw("careful"),
  demo: makeLaw("demo"),
};

/** The law of a profile. Throws `privacy.unknown-profile` for any other name. */
export function profileByName(name: string): NoiseLaw {
  const known = profileNames.find((profile) => profile === name);
  if (known === undefined) throw new AppError("privacy.unknown-profile", `There is no noise profile ${name}. Known: ${profileNames.join(", ")}.`);
  return laws[known];
}

/**
 * Checks that the chain's constants are those that this program knows under the profile's name, so that the epsilon and delta it shows
 * are those of the noise that is really added. Throws `privacy.unknown-profile` on any difference: nothing should be contributed then.
 */
export function verifyProfile(chain: NoiseConstants, name: string): NoiseLaw {
  const law = profileByName(name);
  const isSame =
    chain.precisionBits === law.precisionBits &&
    chain.threshold === law.threshold &&
    chain.digits.length === law.digits.length &&
    chain.digits.every((digit, index) => digit === law.digits[index]);
  if (!isSame) {
    throw new AppError("privacy.unknown-profile", `The contract's noise for profile ${name} is not the one this program knows. Contribute nothing; check the contract's address and update the program.`);
  }
  return law;
}

/** Random words that the contract draws for one release: each digit's bits from its lowest set one up, and one for the sign. */
export function randomWords({ digits, precisionBits }: NoiseConstants): number {
  const trailingZeros = (numerator: number): number => 31 - Math.clz32(numerator & -numerator);
  return digits.reduce((words, numerator) => words + precisionBits - trailingZeros(numerator), 1);
}
