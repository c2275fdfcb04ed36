// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.27;

import {euint256} from "@fhevm/solidity/lib/FHE.sol";
import {Gates} from "./Gates.sol";
import {BitSlicedCounter} from "./BitSlicedCounter.sol";
import {NoiseProfile} from "../interfaces/ITrafficHistogram.sol";

/// @title Two-sided geometric noise made under encryption
/// @notice The binary digits of a geometric variable with ratio q = exp(-e) are independent: digit j is set with probability
/// q^(2^j) / (1 + q^(2^j)). So plane j of 256 independent draws is one word of such bits, built from uniformly random words with one gate
/// each. A further random word decides the sign: a draw is g or -1-g, each with probability 1/2. That law is e-differentially private for
/// sensitivity one, with a bias of -1/2 that the reader adds back. Nobody knows the noise: its bits exist only as ciphertexts.
/// @dev Digits, precision and threshold are constants of the profile and never arguments of a caller: whoever could choose them could
/// read single words. Numerators are round(2^t * q^(2^j) / (1 + q^(2^j))); readers recompute epsilon and delta from them exactly.
library GeometricNoise {
    /// e = 1/4, t = 16, 6 digits, 94 random words, sd 5.66, k = 40. Digits packed lowest first, 16 bits each.
    uint256 private constant STANDARD_DIGITS = 0x0016_049b_1e84_44d9_60a7_7015;
    /// e = 1/8, t = 16, 7 digits, 110 random words, sd 11.3, k = 80.
    uint256 private constant CAREFUL_DIGITS = 0x0016_049b_1e84_44d9_60a7_7015_7803;
    /// e = 1/2, t = 8, 4 digits, 33 random words, sd 2.8, k = 20. For chain 31337 only.
    uint256 private constant DEMO_DIGITS = 0x0005_001f_0045_0061;

    /// @notice Constants of a noise law.
    struct Law {
        /// Numerators of the digits' probabilities over 2^precision, lowest digit first, packed 16 bits each.
        uint256 digits;
        /// Number of digits, which is the number of noise planes without the sign.
        uint256 planes;
        /// Bits of precision t.
        uint256 precision;
        /// A cell is shown when one of its speed classes reaches this noised count.
        uint256 threshold;
    }

    /// @notice The constants of a profile.
    function law(NoiseProfile profile) internal pure returns (Law memory) {
        if (profile == NoiseProfile.Standard) return Law(STANDARD_DIGITS, 6, 16, 40);
        if (profile == NoiseProfile.Careful) return Law(CAREFUL_DIGITS, 7, 16, 80);
        return Law(DEMO_DIGITS, 4, 8, 20);
    }

    /// @notice Numerator of the probability of digit j.
    function digit(Law memory self, uint256 j) internal pure returns (uint256) {
        return (self.digits >> (16 * j)) & 0xffff;
    }

    /// @notice Smallest number of two's complement planes that holds every noised count: n + 2^planes <= 2^(width-1).
    /// @param self The noise law.
    /// @param weight Largest possible count n, public.
    function width(Law memory self, uint256 weight) internal pure returns (uint256) {
        return BitSlicedCounter.bitLength(weight + (1 << self.planes) - 1) + 1;
    }

    /// @notice Adds one fresh draw to each of the 256 counters.
    /// @dev May be called once for a set of counters: a second draw over the same data, or the difference of two, weakens the noise.
    /// Allows nothing beyond this transaction.
    /// @param self The noise law.
    /// @param counts Binary planes of the counters, lowest first.
    /// @param weight Largest possible count, public.
    /// @return noised Two's complement planes, lowest first, the sign plane last.
    function addTo(Law memory self, euint256[] memory counts, uint256 weight) internal returns (euint256[] memory noised) {
        noised = new euint256[](width(self, weight));
        euint256 sign = Gates.random();
        euint256 carry;
        for (uint256 i; i < noised.length; ++i) {
            // Beyond its digits the noise is its sign, as two's complement has it.
            euint256 noise = i < self.planes ? Gates.xor(_bernoulli(digit(self, i), self.precision), sign) : sign;
            bool counted = i < counts.length;
            if (i + 1 == noised.length) {
                // The width leaves no count on the sign plane, and what would be carried out of it is the wrap of two's complement.
                noised[i] = Gates.xor(noise, carry);
            } else if (i == 0) {
                (noised[i], carry) = BitSlicedCounter.halfAdder(counts[i], noise);
            } else if (counted) {
                (noised[i], carry) = BitSlicedCounter.fullAdder(counts[i], noise, carry);
            } else {
                (noised[i], carry) = BitSlicedCounter.halfAdder(noise, carry);
            }
        }
    }

    /// @dev A word whose bits are set independently with probability numerator / 2^precision: the numerator's bits from its lowest set
    /// one up, each with one fresh random word; a set bit is an or, a clear one an and.
    function _bernoulli(uint256 numerator, uint256 precision) private returns (euint256 word) {
        uint256 i;
        while ((numerator >> i) & 1 == 0) ++i;
        word = Gates.random();
        for (++i; i < precision; ++i) {
            euint256 random = Gates.random();
            word = (numerator >> i) & 1 == 1 ? Gates.or(word, random) : Gates.and(word, random);
        }
    }
}
