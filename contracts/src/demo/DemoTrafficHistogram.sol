// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.27;

import {euint256} from "@fhevm/solidity/lib/FHE.sol";
import {BitSlicedCounter} from "../libraries/BitSlicedCounter.sol";
import {GeometricNoise} from "../libraries/GeometricNoise.sol";
import {Contribution, ITrafficHistogram, Refusal, ReleaseState} from "../interfaces/ITrafficHistogram.sol";
import {Releases} from "../histogram/Releases.sol";
import {TrafficHistogram} from "../histogram/TrafficHistogram.sol";

/// @title Histograms with a simulated past
/// @notice For chain 31337 only. A region can be made import-only for ever: nobody contributes to it, and its curator publishes releases
/// whose planes were encrypted elsewhere, noised and suppressed already. Everything after the publication is that of a real release.
/// @dev The whole of a real histogram is in it, but for handing over the admin role: without that it keeps within the 24,576 bytes of a
/// contract's code.
contract DemoTrafficHistogram is TrafficHistogram {
    using GeometricNoise for GeometricNoise.Law;

    /// Words that one encrypted input holds.
    uint256 private constant WORDS_PER_PROOF = 8;

    /// @notice Whether a region's releases are imported. Anyone.
    mapping(uint32 regionId => bool) public isImportOnly;

    /// @notice A region takes no contributions any more.
    event ImportOnly(uint32 indexed regionId);

    error LocalChainOnly(uint256 chainId);
    error RegionIsImportOnly(uint32 regionId);
    error NotImportable(uint256 releaseId);
    error InvalidImport(uint256 releaseId);
    error AdminStays();

    /// @notice Refuses every chain but 31337.
    constructor(address admin) TrafficHistogram(admin) {
        if (block.chainid != LOCAL_CHAIN) revert LocalChainOnly(block.chainid);
    }

    /// @notice Ends contributions and seals of a region for ever; its releases are imported. Only the curator.
    /// @dev Reverts with `UnknownRegion`.
    function makeImportOnly(uint32 regionId) external onlyRole(CURATOR_ROLE) {
        _region(regionId);
        isImportOnly[regionId] = true;
        emit ImportOnly(regionId);
    }

    /// @notice Publishes a tile of an import-only region in an epoch that is over. Only the curator, once.
    /// Reveals the numbers of tickets and vehicles, and how many planes there are, which follows from them.
    /// @dev The words must be inputs of the sender for this contract: no handle that somebody else encrypted, or that was computed here, can
    /// be published. Reverts with `NotImportable` when the region takes contributions, or the tile has some or was imported before; with
    /// `InvalidImport` for numbers that no contributions could have made, fewer tickets than the region's minimum apart, which are refused
    /// with `WrongState`, and for proofs that do not hold; and as `seal` does.
    /// @param tickets Contributions that it stands for, at least the region's minimum.
    /// @param vehicles Vehicles that it stands for; no less than tickets, at most 4,032.
    /// @param handles Masked planes, lowest first, the sign plane last; as many as a real release of these vehicles has.
    /// @param proofs Input proofs: the first for handles 0 to 7, the next for 8 to 15.
    function importRelease(
        uint32 regionId,
        uint64 tile,
        uint32 epoch,
        uint16 tickets,
        uint16 vehicles,
        bytes32[] calldata handles,
        bytes[] calldata proofs
    ) external onlyRole(CURATOR_ROLE) {
        uint256 releaseId = _releaseId(regionId, tile, epoch);
        Tally storage tally = _tallies[releaseId];
        if (!isImportOnly[regionId] || tally.tickets != 0) revert NotImportable(releaseId);
        bool isOrdered = tickets <= vehicles && vehicles <= BitSlicedCounter.WEIGHT_MAX;
        if (!isOrdered || handles.length != GeometricNoise.law(_region(regionId).profile).width(vehicles)) revert InvalidImport(releaseId);
        (tally.tickets, tally.vehicles, tally.weight) = (tickets, vehicles, vehicles);
        // For the curator of the local chain that is from the epoch's end on.
        super.seal(regionId, tile, epoch);
        _inState(releaseId, ReleaseState.Sealed);
        euint256[] memory masked = new euint256[](handles.length);
        for (uint256 i; i < handles.length; ++i) {
            if (!_isInput(handles[i], msg.sender, proofs[i / WORDS_PER_PROOF])) revert InvalidImport(releaseId);
            masked[i] = euint256.wrap(handles[i]);
        }
        emit TileNoised(releaseId);
        _publish(releaseId, masked);
    }

    /// @notice As of every histogram, but refused for import-only regions: an empty tile would be void for ever.
    /// @dev Reverts with `RegionIsImportOnly`.
    function seal(uint32 regionId, uint64 tile, uint32 epoch) public override(ITrafficHistogram, Releases) {
        if (isImportOnly[regionId]) revert RegionIsImportOnly(regionId);
        super.seal(regionId, tile, epoch);
    }

    /// @notice Refused: a local chain's admin stays. So are the four next.
    function beginDefaultAdminTransfer(address) public pure override {
        revert AdminStays();
    }

    /// @notice Refused.
    function cancelDefaultAdminTransfer() public pure override {
        revert AdminStays();
    }

    /// @notice Refused.
    function acceptDefaultAdminTransfer() public pure override {
        revert AdminStays();
    }

    /// @notice Refused.
    function changeDefaultAdminDelay(uint48) public pure override {
        revert AdminStays();
    }

    /// @notice Refused.
    function rollbackDefaultAdminDelay() public pure override {
        revert AdminStays();
    }

    /// @dev Refuses contributions to import-only regions.
    function _take(
        Batch memory batch,
        Contribution calldata item,
        uint256 index
    ) internal override returns (Refusal) {
        return isImportOnly[item.regionId] ? Refusal.ImportOnly : super._take(batch, item, index);
    }
}
