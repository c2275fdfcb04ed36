// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.27;

import {euint256} from "@fhevm/solidity/lib/FHE.sol";
import {Gates} from "./Gates.sol";

/// @title Vertical counters over encrypted words
/// @notice 256 counters stand side by side: bit i of plane p is bit p of counter i. Words are added by a carry-save tree (Harley-Seal):
/// a level keeps one or two pending words of weight 2^level, three of them make a full adder whose sum stays and whose carry goes up.
/// @dev How many words are pending is kept explicitly (two bits a level), never read off the handles: a slot that was used up keeps its old
/// handle, because overwriting it later costs a quarter of writing into an empty one. The sum of pending * 2^level always equals the sum of
/// 2^level over all words ever added, so a counter bounded by `WEIGHT_MAX` can never carry beyond its last level.
/// Nothing here reveals anything: all inputs, results and intermediate values stay encrypted and allowed to this contract only.
library BitSlicedCounter {
    /// @notice Levels 0 to 11: more than 4,095 can't be counted.
    uint256 internal constant LEVELS = 12;
    /// @notice Largest sum of 2^level over all words of a counter.
    uint256 internal constant WEIGHT_MAX = 4_032;

    /// @notice Pending words, two slots a level.
    struct Words {
        euint256[2][LEVELS] slots;
    }

    /// @notice Adds words to a counter and allows the changed ones to this contract.
    /// @dev Words are reduced first among themselves, and one pending word of each level is left alone where the parity permits:
    /// every word that changes costs some 40k gas (slot and allowance), many times a full adder's bookkeeping.
    /// The caller bounds the total weight by `WEIGHT_MAX`; beyond it this panics rather than drop a carry.
    /// @param self The counter's pending words.
    /// @param pending Packed number of pending words, two bits a level.
    /// @param fresh New words; `fresh[l]` weigh 2^l each.
    /// @return The new packed number of pending words.
    function add(Words storage self, uint24 pending, euint256[][] memory fresh) internal returns (uint24) {
        euint256[] memory carries;
        for (uint256 level; level < fresh.length || carries.length != 0; ++level) {
            euint256[] memory words = level < fresh.length ? _concat(fresh[level], carries) : carries;
            if (words.length == 0) {
                carries = words;
                continue;
            }
            uint256 kept;
            (kept, carries) = _addAtLevel(self.slots[level], pendingAt(pending, level), words);
            pending = _withPending(pending, level, kept);
        }
        return pending;
    }

    /// @notice Binary planes of the counter, lowest first, as many as the weight's bit length.
    /// @dev Planes above the weight's highest bit are zero whatever was contributed, so they are not computed.
    /// Does not change the counter and allows nothing beyond this transaction.
    /// @param self The counter's pending words.
    /// @param pending Packed number of pending words.
    /// @param weight Sum of 2^level over all words; at least one.
    function resolve(Words storage self, uint24 pending, uint256 weight) internal returns (euint256[] memory planes) {
        planes = new euint256[](bitLength(weight));
        euint256 carry;
        for (uint256 level; level < planes.length; ++level) {
            bool last = level + 1 == planes.length;
            uint256 count = pendingAt(pending, level);
            euint256[2] storage slots = self.slots[level];
            bool carried = euint256.unwrap(carry) != 0;
            if (count == 2 && carried) {
                (planes[level], carry) = last ? (_sum(slots[0], slots[1], carry), carry) : fullAdder(slots[0], slots[1], carry);
            } else if (count + (carried ? 1 : 0) == 2) {
                euint256 other = carried ? carry : slots[1];
                (planes[level], carry) = last ? (Gates.xor(slots[0], other), other) : halfAdder(slots[0], other);
            } else {
                assert(count == 1 || carried);
                planes[level] = count == 1 ? slots[0] : carry;
                carry = euint256.wrap(0);
            }
        }
    }

    /// @notice Adds three words bit by bit.
    /// @dev The running value belongs into `x`: it goes through one gate to the sum and two to the carry.
    /// @return sum Words of weight one.
    /// @return carry Words of weight two.
    function fullAdder(euint256 a, euint256 b, euint256 x) internal returns (euint256 sum, euint256 carry) {
        euint256 t = Gates.xor(a, b);
        sum = Gates.xor(t, x);
        carry = Gates.or(Gates.and(a, b), Gates.and(t, x));
    }

    /// @notice Adds two words bit by bit.
    function halfAdder(euint256 a, euint256 b) internal returns (euint256 sum, euint256 carry) {
        sum = Gates.xor(a, b);
        carry = Gates.and(a, b);
    }

    /// @notice Number of pending words at a level: 0, 1 or 2.
    function pendingAt(uint24 pending, uint256 level) internal pure returns (uint256) {
        return (pending >> (2 * level)) & 3;
    }

    /// @notice Number of bits needed to write a value; zero for zero.
    function bitLength(uint256 value) internal pure returns (uint256 bits) {
        for (; value != 0; value >>= 1) ++bits;
    }

    /// @dev Adds words of one weight to the level's pending ones. Afterwards one or two are pending, by the parity of their number.
    /// The queue is worked off first in, first out, so that depth grows with the logarithm of its length.
    function _addAtLevel(
        euint256[2] storage slots,
        uint256 stored,
        euint256[] memory words
    ) private returns (uint256 kept, euint256[] memory carries) {
        uint256 total = stored + words.length;
        carries = new euint256[]((total - 1) / 2);
        euint256[] memory queue = stored == 2 ? _append(words, slots[0]) : words;
        uint256 made;
        (queue, made) = _reduce(queue, carries);
        if (stored != 0 && queue.length == 2) {
            (euint256 sum, euint256 carry) = fullAdder(slots[stored - 1], queue[0], queue[1]);
            carries[made] = carry;
            _write(slots, 0, sum);
            return (1, carries);
        }
        // One slot of a level that had pending words is left as it is: the second of two, or the only one.
        uint256 free = stored == 1 ? 1 : 0;
        for (uint256 i; i < queue.length; ++i) _write(slots, free + i, queue[i]);
        kept = stored == 0 ? queue.length : 2;
    }

    /// @dev Full adders over the queue until at most two words are left. Returns those, and how many carries were written.
    function _reduce(
        euint256[] memory words,
        euint256[] memory carries
    ) private returns (euint256[] memory rest, uint256 made) {
        uint256 length = words.length;
        euint256[] memory queue = new euint256[](length + length / 2);
        for (uint256 i; i < length; ++i) queue[i] = words[i];
        uint256 head;
        for (; length - head > 2; head += 3) {
            (queue[length++], carries[made++]) = fullAdder(queue[head], queue[head + 1], queue[head + 2]);
        }
        rest = new euint256[](length - head);
        for (uint256 i; i < rest.length; ++i) rest[i] = queue[head + i];
    }

    /// @dev Stores a pending word and keeps it usable in later transactions.
    function _write(euint256[2] storage slots, uint256 slot, euint256 word) private {
        slots[slot] = word;
        Gates.retain(word);
    }

    /// @dev Sets the number of pending words of a level.
    function _withPending(uint24 pending, uint256 level, uint256 kept) private pure returns (uint24) {
        return uint24((pending & ~(3 << (2 * level))) | (kept << (2 * level)));
    }

    /// @dev Sum of three words without its carry.
    function _sum(euint256 a, euint256 b, euint256 x) private returns (euint256) {
        return Gates.xor(Gates.xor(a, b), x);
    }

    /// @dev The words and one more.
    function _append(euint256[] memory words, euint256 word) private pure returns (euint256[] memory longer) {
        longer = new euint256[](words.length + 1);
        for (uint256 i; i < words.length; ++i) longer[i] = words[i];
        longer[words.length] = word;
    }

    /// @dev All words of two lists; the first list itself when the second is empty.
    function _concat(euint256[] memory a, euint256[] memory b) private pure returns (euint256[] memory both) {
        if (b.length == 0) return a;
        both = new euint256[](a.length + b.length);
        for (uint256 i; i < a.length; ++i) both[i] = a[i];
        for (uint256 i; i < b.length; ++i) both[a.length + i] = b[i];
    }
}
