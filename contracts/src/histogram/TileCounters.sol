// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.27;

import {BitSlicedCounter} from "../libraries/BitSlicedCounter.sol";
import {ITrafficHistogram, ReleaseState} from "../interfaces/ITrafficHistogram.sol";

/// @title Encrypted counters of every tile and epoch
/// @notice Storage shared by contributions and releases.
abstract contract TileCounters is ITrafficHistogram {
    /// @dev One slot: the public facts of a tile in an epoch, and how many words are pending on each level.
    struct Tally {
        ReleaseState state;
        uint16 tickets;
        uint16 vehicles;
        uint16 weight;
        uint24 pending;
        uint64 publishedBlock;
    }

    mapping(uint256 releaseId => Tally) internal _tallies;
    mapping(uint256 releaseId => BitSlicedCounter.Words) internal _words;

    /// @notice Id of a tile and epoch: regionId << 96 | epoch << 64 | tile. Anyone.
    function releaseIdOf(uint32 regionId, uint64 tile, uint32 epoch) external pure returns (uint256) {
        return _releaseId(regionId, tile, epoch);
    }

    /// @dev regionId << 96 | epoch << 64 | tile.
    function _releaseId(uint32 regionId, uint64 tile, uint32 epoch) internal pure returns (uint256) {
        return (uint256(regionId) << 96) | (uint256(epoch) << 64) | tile;
    }
}
