// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.27;

/// @title H3 cell indexes, as far as a contract must understand them
/// @notice Layout of an index (https://h3geo.org/docs/core-library/h3Indexing), from the highest bit: 1 reserved (0), 4 mode (1 = cell),
/// 3 reserved (0), 4 resolution, 7 base cell (0 to 121), then 15 digits of 3 bits, of which those beyond the resolution are 7.
library H3Tile {
    /// A tile's cells are two resolutions finer and H3 ends at 15.
    uint8 internal constant RESOLUTION_MAX = 13;
    /// Bit b is set when base cell b is one of the twelve pentagons: 4 14 24 38 49 58 63 72 83 97 107 117.
    uint128 private constant PENTAGONS =
        (1 << 4) |
            (1 << 14) |
            (1 << 24) |
            (1 << 38) |
            (1 << 49) |
            (1 << 58) |
            (1 << 63) |
            (1 << 72) |
            (1 << 83) |
            (1 << 97) |
            (1 << 107) |
            (1 << 117);

    /// @notice Whether the index is a cell of this resolution all of whose descendants are hexagons.
    /// @dev Exactly the pentagons have pentagons among their descendants, so refusing them is enough.
    function isHexagon(uint64 index, uint8 resolution) internal pure returns (bool) {
        // Reserved bit, mode, reserved bits and resolution in one comparison.
        if (index >> 52 != (uint64(1) << 7) | resolution) return false;
        uint256 baseCell = (index >> 45) & 0x7f;
        if (baseCell > 121) return false;
        uint256 unused = 3 * (15 - uint256(resolution));
        if (index & ((1 << unused) - 1) != (1 << unused) - 1) return false;
        return _digitsFit(index, resolution, (PENTAGONS >> baseCell) & 1 == 1);
    }

    /// @dev Digits are 0 to 6. In a pentagon's base cell the first digit that is not 0 can't be 1 (that sector does not exist), and when
    /// all are 0 the cell is the pentagon itself.
    function _digitsFit(uint64 index, uint8 resolution, bool pentagonBase) private pure returns (bool) {
        uint256 first;
        for (uint256 r = 1; r <= resolution; ++r) {
            uint256 value = (index >> (3 * (15 - r))) & 7;
            if (value == 7) return false;
            if (first == 0) first = value;
        }
        return !pentagonBase || first > 1;
    }
}
