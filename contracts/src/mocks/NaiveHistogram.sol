// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.27;

import {ZamaEthereumConfig} from "@fhevm/solidity/config/ZamaConfig.sol";
import {FHE, ebool, euint8, euint32, externalEuint8, externalEuint32} from "@fhevm/solidity/lib/FHE.sol";

/// @title The histogram as one would first write it
/// @notice For comparison of costs only, never deployed for use: 49 cells with an encrypted count and an encrypted sum of speeds each; a
/// contribution names one cell and one speed, and every cell is compared with it.
/// @dev One contribution to all cells exceeds the homomorphic computation of a transaction, so it can be spread over several.
contract NaiveHistogram is ZamaEthereumConfig {
    uint256 public constant CELLS = 49;

    euint32[CELLS] private _counts;
    euint32[CELLS] private _speeds;

    /// @notice Adds one visit to cells [from, to). Anyone. Reveals nothing of cell and speed.
    /// @dev Reverts when the range needs more than a transaction may compute.
    function contribute(externalEuint8 cell, externalEuint32 speed, bytes calldata proof, uint256 from, uint256 to) external {
        euint8 visited = FHE.fromExternal(cell, proof);
        euint32 kmh = FHE.fromExternal(speed, proof);
        euint32 one = FHE.asEuint32(1);
        euint32 none = FHE.asEuint32(0);
        for (uint256 i = from; i < to; ++i) {
            ebool hit = FHE.eq(visited, uint8(i));
            _counts[i] = FHE.add(_counts[i], FHE.select(hit, one, none));
            _speeds[i] = FHE.add(_speeds[i], FHE.select(hit, kmh, none));
            FHE.allowThis(_counts[i]);
            FHE.allowThis(_speeds[i]);
        }
    }

    /// @notice Handles of a cell's count and sum of speeds. Anyone; handles reveal nothing.
    function cellAt(uint256 index) external view returns (euint32 count, euint32 speeds) {
        return (_counts[index], _speeds[index]);
    }
}
