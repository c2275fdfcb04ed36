// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.27;

import {euint256} from "@fhevm/solidity/lib/FHE.sol";
import {Gates} from "./Gates.sol";

/// @title Suppression of small counts
/// @notice A cell is shown when at least one of its five speed classes reached the threshold in the noised count. A cell below it, an
/// empty one and a suppressed one look the same: zero in every plane.
/// @dev Word layout: bit 49 * class + cell, classes 0 to 4, cells 0 to 48; bits 245 to 255 are spare and come out as zero, whatever a
/// contributor put there.
library Suppression {
    /// Cells of a tile.
    uint8 private constant CELLS = 49;
    /// The bits of one speed class.
    uint256 private constant CLASS_BITS = (1 << 49) - 1;

    /// @notice The planes with every suppressed cell zeroed.
    /// @dev The final `and` is computed for every plane even where it changes nothing: a plane that is granted must never be the handle of
    /// an inner value. Calling this with several thresholds over the same planes undoes the suppression; callers pass the profile's own.
    /// @param planes Two's complement planes, lowest first, the sign plane last.
    /// @param threshold k; at least 1 and below 2^(planes - 1), else this panics.
    function suppress(euint256[] memory planes, uint256 threshold) internal returns (euint256[] memory masked) {
        euint256 mask = _overClasses(_reached(planes, threshold));
        masked = new euint256[](planes.length);
        for (uint256 i; i < planes.length; ++i) masked[i] = Gates.and(planes[i], mask);
    }

    /// @dev Bits of the counters that are at least the threshold and not negative: comparison from the lowest plane up. Below the
    /// threshold's lowest set bit every value passes, so the scan begins there.
    function _reached(euint256[] memory planes, uint256 threshold) private returns (euint256 mask) {
        uint256 sign = planes.length - 1;
        assert(threshold != 0 && threshold >> sign == 0);
        uint256 i;
        while ((threshold >> i) & 1 == 0) ++i;
        mask = planes[i];
        for (++i; i < sign; ++i) {
            mask = (threshold >> i) & 1 == 1 ? Gates.and(mask, planes[i]) : Gates.or(mask, planes[i]);
        }
        mask = Gates.and(mask, Gates.not(planes[sign]));
    }

    /// @dev Sets all five classes of a cell when one of them is set; clears the spare bits.
    function _overClasses(euint256 bits) private returns (euint256 mask) {
        euint256 cells = Gates.or(bits, Gates.shiftDown(bits, CELLS));
        cells = Gates.or(cells, Gates.shiftDown(cells, 2 * CELLS));
        cells = Gates.or(cells, Gates.shiftDown(bits, 4 * CELLS));
        cells = Gates.keep(cells, CLASS_BITS);
        mask = Gates.or(cells, Gates.shiftUp(cells, CELLS));
        mask = Gates.or(mask, Gates.shiftUp(mask, 2 * CELLS));
        mask = Gates.or(mask, Gates.shiftUp(cells, 4 * CELLS));
    }
}
