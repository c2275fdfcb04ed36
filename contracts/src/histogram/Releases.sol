// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.27;

import {euint256} from "@fhevm/solidity/lib/FHE.sol";
import {IACL, Impl} from "@fhevm/solidity/lib/Impl.sol";
import {ZamaConfig} from "@fhevm/solidity/config/ZamaConfig.sol";
import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {BitSlicedCounter} from "../libraries/BitSlicedCounter.sol";
import {Gates} from "../libraries/Gates.sol";
import {GeometricNoise} from "../libraries/GeometricNoise.sol";
import {Suppression} from "../libraries/Suppression.sol";
import {NoiseProfile, ReleaseState, TileStatus} from "../interfaces/ITrafficHistogram.sol";
import {Regions} from "./Regions.sol";
import {ReleaseVault} from "./ReleaseVault.sol";
import {TileCounters} from "./TileCounters.sol";

/// @title Sealing, noising, publishing and opening
/// @notice One release for each tile and epoch: noise is drawn once, small counts are suppressed, and only the result is ever allowed to an
/// address beyond this contract, namely to the release's vault.
abstract contract Releases is Regions, TileCounters, Pausable {
    using BitSlicedCounter for BitSlicedCounter.Words;
    using GeometricNoise for GeometricNoise.Law;

    /// @notice May open and close releases.
    bytes32 public constant MARKETPLACE_ROLE = keccak256("MARKETPLACE_ROLE");
    /// Least time that the ACL allows an opening to last.
    uint256 private constant OPENING_MIN = 1 hours;

    /// @notice Code that every vault is a clone of.
    address public immutable vaultImplementation;
    IACL private immutable _acl;

    /// Noised planes; allowed to this contract only, for products that can be made from them without new noise.
    mapping(uint256 releaseId => euint256[]) private _noised;
    /// Masked planes.
    mapping(uint256 releaseId => euint256[]) private _published;

    /// @dev Deploys the code that all vaults share.
    constructor() {
        _acl = IACL(ZamaConfig.getEthereumCoprocessorConfig().ACLAddress);
        vaultImplementation = address(new ReleaseVault(_acl));
    }

    /// @notice Ends the collection of a tile in an epoch. Anyone, once the epoch is closed; on chain 31337 the curator from the epoch's end
    /// on, also in a study region. Below the region's minimum of tickets the tile is void for ever: no noise, no publication, no opening.
    /// @dev Reverts with `UnknownRegion`, `TileNotInRegion`, `EpochStillOpen` or `WrongState`.
    function seal(uint32 regionId, uint64 tile, uint32 epoch) public virtual whenNotPaused {
        Region memory self = _region(regionId);
        (bool inRegion, ) = _coverOf(regionId, tile);
        if (!inRegion) revert TileNotInRegion(regionId, tile);
        uint64 due = _sealableAt(self, epoch);
        if (block.timestamp < due) revert EpochStillOpen(regionId, epoch, due);
        uint256 releaseId = _releaseId(regionId, tile, epoch);
        Tally storage tally = _inState(releaseId, ReleaseState.Collecting);
        ReleaseState state = tally.tickets < self.ticketsMin ? ReleaseState.Void : ReleaseState.Sealed;
        tally.state = state;
        emit TileSealed(regionId, epoch, tile, state, tally.tickets, tally.vehicles);
    }

    /// @notice Noises and publishes a sealed tile, or publishes one that is noised already. Anyone, once. Reveals how many planes there
    /// are, which follows from the public weight.
    /// @dev Reverts with `WrongState`. Measured: 4.1M gas, 9.4M HCU, depth 1.8M at the standard profile with 128 contributions; 5.7M gas,
    /// 12.6M HCU, depth 2.1M at the careful one with 4,032 vehicles, the most there can be. A transaction holds 16.7M, 20M and 5M.
    /// WARNING: a reorganisation of this transaction draws other noise over the same data; openings wait until it is final.
    function release(uint32 regionId, uint64 tile, uint32 epoch) external whenNotPaused {
        uint256 releaseId = _releaseId(regionId, tile, epoch);
        if (_tallies[releaseId].state != ReleaseState.Noised) _noise(releaseId, regionId);
        _publishNoised(releaseId, regionId);
    }

    /// @notice Exactly one of the two halves of `release`, for chains whose limits do not hold both. Anyone, each once.
    /// @dev Reverts with `WrongState`.
    function releaseStep(uint32 regionId, uint64 tile, uint32 epoch) external whenNotPaused {
        uint256 releaseId = _releaseId(regionId, tile, epoch);
        if (_tallies[releaseId].state == ReleaseState.Noised) _publishNoised(releaseId, regionId);
        else _noise(releaseId, regionId);
    }

    /// @notice Lets a reader decrypt a release until a time. Only the marketplace. Reveals reader and expiry.
    /// @dev Does nothing when the reader may do so at least as long already. Reverts with `WrongState` unless published and `ExpiryTooSoon`; the ACL reverts
    /// for a second change of the same reader's access in one block, and for a reader that is the vault or this contract.
    /// @return before Until when the reader could decrypt before; zero for never.
    function open(
        uint256 releaseId,
        address reader,
        uint64 expiry
    ) external onlyRole(MARKETPLACE_ROLE) returns (uint64 before) {
        _inState(releaseId, ReleaseState.Published);
        if (expiry < block.timestamp + OPENING_MIN) revert ExpiryTooSoon(expiry, uint64(block.timestamp + OPENING_MIN));
        address vault = _vaultOf(releaseId);
        before = _openUntil(vault, reader);
        if (before >= expiry) return before;
        ReleaseVault(vault).open(reader, expiry);
        emit ReleaseOpened(releaseId, reader, expiry);
    }

    /// @notice Ends a reader's access to a release. Only the marketplace; works while paused. What was read before stays known.
    /// @dev Does nothing when there is none. The ACL reverts for a second change of the same reader's access in one block.
    function close(uint256 releaseId, address reader) external onlyRole(MARKETPLACE_ROLE) {
        address vault = _vaultOf(releaseId);
        if (_openUntil(vault, reader) == 0) return;
        ReleaseVault(vault).close(reader);
        emit ReleaseClosed(releaseId, reader);
    }

    /// @notice Public facts about a tile in an epoch. Anyone.
    function tileStatus(uint32 regionId, uint64 tile, uint32 epoch) external view returns (TileStatus memory) {
        uint256 releaseId = _releaseId(regionId, tile, epoch);
        Tally memory tally = _tallies[releaseId];
        address vault = tally.state == ReleaseState.Published ? _vaultOf(releaseId) : address(0);
        return TileStatus(tally.state, tally.tickets, tally.vehicles, tally.weight, tally.publishedBlock, vault);
    }

    /// @notice Block in which the release was published; zero unless published. Anyone.
    function publishedBlock(uint256 releaseId) external view returns (uint64) {
        return _tallies[releaseId].publishedBlock;
    }

    /// @notice Handles of the masked planes, lowest first, the sign plane last; empty unless published. Anyone; handles reveal nothing.
    function planes(uint256 releaseId) external view returns (euint256[] memory) {
        return _published[releaseId];
    }

    /// @notice Unix second until which the reader may decrypt the release; zero when it was never opened or was closed. Anyone.
    function openUntil(uint256 releaseId, address reader) external view returns (uint64) {
        return _openUntil(_vaultOf(releaseId), reader);
    }

    /// @notice Constants of a noise profile, from which readers compute epsilon and delta. Anyone.
    function noiseProfile(
        NoiseProfile profile
    ) external pure returns (uint32[] memory digits, uint8 precisionBits, uint16 threshold) {
        GeometricNoise.Law memory law = GeometricNoise.law(profile);
        digits = new uint32[](law.planes);
        for (uint256 j; j < digits.length; ++j) digits[j] = uint32(law.digit(j));
        return (digits, uint8(law.precision), uint16(law.threshold));
    }

    /// @dev Draws the noise. The one place that does, and it leaves the state that it demands.
    function _noise(uint256 releaseId, uint32 regionId) private {
        Tally storage tally = _inState(releaseId, ReleaseState.Sealed);
        tally.state = ReleaseState.Noised;
        uint256 weight = tally.weight;
        euint256[] memory counts = _words[releaseId].resolve(tally.pending, weight);
        euint256[] memory noised = GeometricNoise.law(_region(regionId).profile).addTo(counts, weight);
        for (uint256 i; i < noised.length; ++i) Gates.retain(noised[i]);
        _noised[releaseId] = noised;
        emit TileNoised(releaseId);
    }

    /// @dev Suppresses small counts and publishes what is left.
    function _publishNoised(uint256 releaseId, uint32 regionId) private {
        _inState(releaseId, ReleaseState.Noised);
        uint256 threshold = GeometricNoise.law(_region(regionId).profile).threshold;
        _publish(releaseId, Suppression.suppress(_noised[releaseId], threshold));
    }

    /// @dev Grants a release's planes, once: the caller has checked its state. The one place that allows a handle to another address: the
    /// release's vault. The ACL asks that a delegated decryption's context contract, this one, be allowed as well.
    function _publish(uint256 releaseId, euint256[] memory masked) internal {
        Tally storage tally = _tallies[releaseId];
        tally.state = ReleaseState.Published;
        tally.publishedBlock = uint64(block.number);
        address vault = Clones.cloneDeterministic(vaultImplementation, bytes32(releaseId));
        bytes32[] memory handles = new bytes32[](masked.length);
        for (uint256 i; i < masked.length; ++i) {
            handles[i] = euint256.unwrap(masked[i]);
            Gates.retain(masked[i]);
            Impl.allow(handles[i], vault);
        }
        _published[releaseId] = masked;
        emit ReleasePublished(releaseId, vault, handles);
    }

    /// @dev Unix second from which the sender may seal.
    function _sealableAt(Region memory self, uint32 epoch) private view returns (uint64) {
        bool early = block.chainid == LOCAL_CHAIN && hasRole(CURATOR_ROLE, msg.sender);
        return early ? uint64(_startOf(self, epoch) + self.epochSeconds) : _closesAt(self, epoch);
    }

    /// @dev The tally, or a revert with `WrongState`.
    function _inState(uint256 releaseId, ReleaseState expected) internal view returns (Tally storage tally) {
        tally = _tallies[releaseId];
        if (tally.state != expected) revert WrongState(releaseId, expected, tally.state);
    }

    /// @dev Where the release's vault is, or will be once it is published.
    function _vaultOf(uint256 releaseId) private view returns (address) {
        return Clones.predictDeterministicAddress(vaultImplementation, bytes32(releaseId));
    }

    /// @dev The access control list keeps the openings; nothing is stored here.
    function _openUntil(address vault, address reader) private view returns (uint64) {
        return _acl.getUserDecryptionDelegationExpirationDate(vault, reader, address(this));
    }
}
