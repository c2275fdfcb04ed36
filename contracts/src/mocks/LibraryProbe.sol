// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.27;

import {ZamaEthereumConfig} from "@fhevm/solidity/config/ZamaConfig.sol";
import {FHE, euint256, externalEuint256} from "@fhevm/solidity/lib/FHE.sol";
import {NoiseProfile} from "../interfaces/ITrafficHistogram.sol";
import {BitSlicedCounter} from "../libraries/BitSlicedCounter.sol";
import {GeometricNoise} from "../libraries/GeometricNoise.sol";
import {H3Tile} from "../libraries/H3Tile.sol";
import {Suppression} from "../libraries/Suppression.sol";

/// @title Opens the libraries to tests, one by one
/// @notice Never deployed for use: it takes words from anybody and lets the caller choose thresholds.
contract LibraryProbe is ZamaEthereumConfig {
    using BitSlicedCounter for BitSlicedCounter.Words;
    using GeometricNoise for GeometricNoise.Law;

    BitSlicedCounter.Words private _words;
    uint24 private _pending;
    uint256 private _weight;
    euint256[] private _planes;

    /// @notice Adds words to the counter in one call; word i weighs 2^levels[i].
    function add(uint8[] calldata levels, externalEuint256[] calldata words, bytes calldata proof) external {
        euint256[][] memory fresh = new euint256[][](BitSlicedCounter.LEVELS);
        for (uint256 level; level < fresh.length; ++level) {
            uint256 count;
            for (uint256 i; i < levels.length; ++i) if (levels[i] == level) ++count;
            fresh[level] = new euint256[](count);
            for (uint256 i; i < levels.length; ++i) {
                if (levels[i] != level) continue;
                fresh[level][--count] = FHE.fromExternal(words[i], proof);
                _weight += 1 << level;
            }
        }
        _pending = _words.add(_pending, fresh);
    }

    /// @notice Resolves the counter into `planes`.
    function resolve() external {
        _keep(_words.resolve(_pending, _weight));
    }

    /// @notice Puts given words into `planes`.
    function setPlanes(externalEuint256[] calldata words, bytes calldata proof) external {
        euint256[] memory planes_ = new euint256[](words.length);
        for (uint256 i; i < words.length; ++i) planes_[i] = FHE.fromExternal(words[i], proof);
        _keep(planes_);
    }

    /// @notice Adds noise to `planes`.
    function addNoise(NoiseProfile profile, uint256 weight) external {
        _keep(GeometricNoise.law(profile).addTo(_planes, weight));
    }

    /// @notice Suppresses small counts in `planes`.
    function suppress(uint256 threshold) external {
        _keep(Suppression.suppress(_planes, threshold));
    }

    /// @notice Handles of the present planes.
    function planes() external view returns (euint256[] memory) {
        return _planes;
    }

    /// @notice Pending words of a level.
    function pendingAt(uint256 level) external view returns (uint256) {
        return BitSlicedCounter.pendingAt(_pending, level);
    }

    /// @notice Width of a profile's planes for a weight.
    function width(NoiseProfile profile, uint256 weight) external pure returns (uint256) {
        return GeometricNoise.law(profile).width(weight);
    }

    /// @notice Whether an index is a usable tile.
    function isHexagon(uint64 index, uint8 resolution) external pure returns (bool) {
        return H3Tile.isHexagon(index, resolution);
    }

    /// @dev Replaces the present planes.
    function _keep(euint256[] memory planes_) private {
        for (uint256 i; i < planes_.length; ++i) FHE.allowThis(planes_[i]);
        _planes = planes_;
    }
}
