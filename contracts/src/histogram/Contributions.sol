// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.27;

import {euint256} from "@fhevm/solidity/lib/FHE.sol";
import {FheType} from "@fhevm/solidity/lib/FheType.sol";
import {IFHEVMExecutor} from "@fhevm/solidity/lib/Impl.sol";
import {ZamaConfig} from "@fhevm/solidity/config/ZamaConfig.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {BitSlicedCounter} from "../libraries/BitSlicedCounter.sol";
import {Contribution, Refusal, ReleaseState, Ticket} from "../interfaces/ITrafficHistogram.sol";
import {Regions} from "./Regions.sol";
import {TileCounters} from "./TileCounters.sol";

/// @title Taking encrypted contributions
/// @notice Whoever sends a batch learns and decides nothing but which items are in it: each item is bound to a one-time address A by the
/// input's proof, by A's signature and by the ticket, and A and the input are spent for ever once it has been added.
abstract contract Contributions is Regions, TileCounters, Pausable, EIP712 {
    using BitSlicedCounter for BitSlicedCounter.Words;

    /// @notice Signs tickets.
    bytes32 public constant TICKET_SIGNER_ROLE = keccak256("TICKET_SIGNER_ROLE");
    /// @notice Most items of one batch. Gas and homomorphic computation run out before: some 100 words fit a transaction.
    uint256 public constant ITEMS_MAX = 128;

    bytes32 private constant CONTRIBUTION_TYPE =
        keccak256(
            "Contribution(uint32 regionId,uint32 epoch,uint16 cover,uint64 tile,uint8[] levels,bytes32[] handles,uint16 vehicles)"
        );
    bytes32 private constant TICKET_TYPE =
        keccak256("Ticket(address oneTimeAddress,uint32 regionId,uint32 epoch,uint8 maxLevel,uint16 vehicles,uint64 expiry)");
    /// Longest input proof that is looked at: eight handles, some 25 coprocessors' signatures. The network reads a proof byte by byte, so a
    /// longer one could use up the gas of the other items.
    uint256 private constant PROOF_BYTES_MAX = 2_048;
    /// Where the first handle stands in an input proof: numbers of handles and of signatures go before it.
    uint256 private constant FIRST_HANDLE = 2;

    IFHEVMExecutor private immutable _executor;

    mapping(address oneTimeAddress => bool) private _spentAddresses;
    mapping(bytes32 firstHandle => bool) private _spentInputs;

    /// @dev What a batch adds to the tiles of one cover in one epoch. Tallies are read once and written once.
    struct Group {
        uint32 regionId;
        uint32 epoch;
        uint16 cover;
        uint64[] tiles;
        Tally[] tallies;
        /// Bit i: the tally of tile i has been read.
        uint256 loaded;
        /// Bit i: item i of the batch was accepted.
        uint256 accepted;
    }

    /// @dev The groups of a batch.
    struct Batch {
        Group[] groups;
        uint256 length;
    }

    /// @dev The executor is the network's and never changes.
    constructor() EIP712("TrafficHistogram", "1") {
        _executor = IFHEVMExecutor(ZamaConfig.getEthereumCoprocessorConfig().CoprocessorAddress);
    }

    /// @notice Adds a batch of encrypted contributions. Anyone may send it, for any contributors.
    /// Reveals each item's region, epoch, cover (or fleet's tile), number of vehicles, one-time address and ticket; nothing of the words.
    /// @dev An item that can't be added is refused by `ContributionRefused` with its reason, changes nothing and may be sent again; the
    /// others go on. Reverts only with `EmptyBatch`, `BatchTooLarge`, `EnforcedPause`, or when the batch as a whole is malformed or exceeds
    /// the transaction's limits (16,777,216 gas, 20M HCU). Some 100 words fit, on average: how far carries go depends on what has been added
    /// before. Eight contributions to a cover of eight tiles fit up to 2,000 vehicles a tile; beyond, and for larger batches, a sender whom
    /// the network answers `HCUTransactionLimitExceeded` sends fewer.
    /// NOTE: the input proof is verified for A, not for the sender, by calling the executor itself: bound to the sender, whoever sends
    /// batches could count a contribution again, and `FHE.fromExternal` would give the sender access to the raw word besides.
    /// @param items The contributions.
    function contributeBatch(Contribution[] calldata items) external whenNotPaused {
        if (items.length == 0) revert EmptyBatch();
        if (items.length > ITEMS_MAX) revert BatchTooLarge(items.length, ITEMS_MAX);
        Batch memory batch = Batch(new Group[](items.length), 0);
        for (uint256 i; i < items.length; ++i) {
            Refusal reason = _take(batch, items[i], i);
            if (reason != Refusal.None) emit ContributionRefused(i, items[i].oneTimeAddress, reason);
        }
        for (uint256 g; g < batch.length; ++g) _addGroup(batch.groups[g], items);
    }

    /// @notice Whether a one-time address has been used up, in whatever region and epoch. Anyone.
    function isSpent(address oneTimeAddress) external view returns (bool) {
        return _spentAddresses[oneTimeAddress];
    }

    /// @notice What the ticket signer signs for a ticket (EIP-712). Anyone.
    function ticketDigest(Ticket calldata ticket) external view returns (bytes32) {
        return _ticketDigest(ticket);
    }

    /// @dev Checks an item and, when nothing is wrong, spends its address and input and notes it for its group. A subclass may refuse more.
    function _take(
        Batch memory batch,
        Contribution calldata item,
        uint256 index
    ) internal virtual returns (Refusal reason) {
        reason = _checkTime(item);
        if (reason != Refusal.None) return reason;
        Group memory group;
        uint256 tiles;
        (reason, group, tiles) = _locate(batch, item);
        if (reason != Refusal.None) return reason;
        reason = _checkShape(item, group.tiles.length);
        if (reason != Refusal.None) return reason;
        reason = _checkRoom(group, item, tiles);
        if (reason != Refusal.None) return reason;
        reason = _checkRights(item);
        if (reason != Refusal.None) return reason;
        if (!_isProven(item)) return Refusal.InvalidProof;
        _accept(group, item, index, tiles);
    }

    /// @dev The epoch must have begun, must not be closed, and the ticket must not have expired.
    function _checkTime(Contribution calldata item) private view returns (Refusal) {
        Region memory self = _regionUnchecked(item.regionId);
        if (self.epochSeconds == 0) return Refusal.UnknownRegion;
        bool begun = block.timestamp >= _startOf(self, item.epoch);
        if (!begun || block.timestamp >= _closesAt(self, item.epoch)) return Refusal.EpochNotOpen;
        return block.timestamp > item.ticketExpiry ? Refusal.TicketExpired : Refusal.None;
    }

    /// @dev Finds the item's group, or begins one, and the set of its tiles (bit i: tile i of the cover). A single vehicle has all tiles
    /// of its cover, a fleet exactly one.
    function _locate(
        Batch memory batch,
        Contribution calldata item
    ) private view returns (Refusal reason, Group memory group, uint256 tiles) {
        uint16 cover = item.cover;
        if (item.tile != 0) {
            bool inRegion;
            if (cover != 0) return (Refusal.UnknownCover, group, 0);
            (inRegion, cover) = _coverOf(item.regionId, item.tile);
            if (!inRegion) return (Refusal.TileOutsideRegion, group, 0);
        } else if (cover >= _regionUnchecked(item.regionId).coverCount) {
            return (Refusal.UnknownCover, group, 0);
        }
        group = _group(batch, item, cover);
        for (uint256 i; i < group.tiles.length; ++i) {
            if (item.tile == 0 || item.tile == group.tiles[i]) tiles |= 1 << i;
        }
    }

    /// @dev The group of a cover and epoch, begun when the batch has none yet.
    function _group(Batch memory batch, Contribution calldata item, uint16 cover) private view returns (Group memory group) {
        for (uint256 g; g < batch.length; ++g) {
            group = batch.groups[g];
            if (group.regionId == item.regionId && group.epoch == item.epoch && group.cover == cover) return group;
        }
        uint64[] memory tiles = _tilesOf(item.regionId, cover);
        group = Group(item.regionId, item.epoch, cover, tiles, new Tally[](tiles.length), 0, 0);
        batch.groups[batch.length++] = group;
    }

    /// @dev Numbers of words, levels and vehicles. A single vehicle has one word for each tile of its cover; a fleet all planes 0 to l of
    /// its sum, since the number of planes must not depend on the data, and no more vehicles than they can count.
    function _checkShape(Contribution calldata item, uint256 tileCount) private pure returns (Refusal) {
        uint256 words = item.handles.length;
        if (item.tile == 0) {
            if (item.levels.length != 0) return Refusal.LevelsNotIncreasing;
            if (words != tileCount) return Refusal.WrongWordCount;
            return item.vehicles == 1 ? Refusal.None : Refusal.WrongVehicles;
        }
        if (words == 0 || words > COVER_TILES_MAX || item.levels.length != words) return Refusal.WrongWordCount;
        for (uint256 i; i < words; ++i) if (item.levels[i] != i) return Refusal.LevelsNotIncreasing;
        if (words > uint256(item.maxLevel) + 1) return Refusal.LevelAboveTicket;
        return item.vehicles == 0 || item.vehicles >> words != 0 ? Refusal.WrongVehicles : Refusal.None;
    }

    /// @dev Every tile must still collect and hold the item's weight.
    function _checkRoom(Group memory group, Contribution calldata item, uint256 tiles) private view returns (Refusal) {
        uint256 weight = _weightOf(item);
        for (uint256 i; i < group.tiles.length; ++i) {
            if ((tiles >> i) & 1 == 0) continue;
            if ((group.loaded >> i) & 1 == 0) {
                group.tallies[i] = _tallies[_releaseId(group.regionId, group.tiles[i], group.epoch)];
                group.loaded |= 1 << i;
            }
            if (group.tallies[i].state != ReleaseState.Collecting) return Refusal.AlreadySealed;
            if (group.tallies[i].weight + weight > BitSlicedCounter.WEIGHT_MAX) return Refusal.CapacityExceeded;
        }
        return Refusal.None;
    }

    /// @dev Address and input are fresh, A signed the item, and the ticket signer gave A the right to it.
    function _checkRights(Contribution calldata item) private view returns (Refusal) {
        address account = item.oneTimeAddress;
        if (_spentAddresses[account]) return Refusal.AddressSpent;
        if (_spentInputs[_firstHandle(item)]) return Refusal.InputSpent;
        if (!_isSignedBy(account, _contributionDigest(item), item.signature)) return Refusal.BadSignature;
        bytes32 digest = _ticketDigest(
            Ticket(account, item.regionId, item.epoch, item.maxLevel, item.vehicles, item.ticketExpiry)
        );
        (address signer, ECDSA.RecoverError failure, ) = ECDSA.tryRecoverCalldata(digest, item.ticketSignature);
        bool granted = failure == ECDSA.RecoverError.NoError && hasRole(TICKET_SIGNER_ROLE, signer);
        return granted ? Refusal.None : Refusal.BadTicket;
    }

    /// @dev Verifies every handle of the input for (this contract, A). The verified words are then allowed to this contract only, for this
    /// transaction only.
    function _isProven(Contribution calldata item) private returns (bool) {
        if (item.inputProof.length > PROOF_BYTES_MAX) return false;
        for (uint256 i; i < item.handles.length; ++i) {
            if (!_isInput(item.handles[i], item.oneTimeAddress, item.inputProof)) return false;
        }
        return true;
    }

    /// @dev Whether a handle is a word of an attested input of an account for this contract.
    function _isInput(bytes32 handle, address account, bytes calldata proof) internal returns (bool) {
        try _executor.verifyInput(handle, account, proof, FheType.Uint256) returns (bytes32 word) {
            return word == handle;
        } catch {
            // The proof is for another contract, address or handle, is not attested, or the network is paused.
            return false;
        }
    }

    /// @dev Spends address and input, and counts the item in its tiles. Its words are added when the whole batch has been looked at.
    function _accept(Group memory group, Contribution calldata item, uint256 index, uint256 tiles) private {
        _spentAddresses[item.oneTimeAddress] = true;
        _spentInputs[_firstHandle(item)] = true;
        group.accepted |= 1 << index;
        uint256 weight = _weightOf(item);
        for (uint256 i; i < group.tiles.length; ++i) {
            if ((tiles >> i) & 1 == 0) continue;
            Tally memory tally = group.tallies[i];
            ++tally.tickets;
            tally.vehicles += item.vehicles;
            tally.weight += uint16(weight);
        }
        emit ContributionAccepted(
            item.regionId,
            item.epoch,
            item.oneTimeAddress,
            item.cover,
            item.tile,
            item.vehicles,
            item.levels
        );
    }

    /// @dev Adds the accepted words of a group, tile by tile.
    function _addGroup(Group memory group, Contribution[] calldata items) private {
        if (group.accepted == 0) return;
        for (uint256 i; i < group.tiles.length; ++i) {
            euint256[][] memory fresh = _wordsOf(group, items, i);
            if (fresh.length == 0) continue;
            uint256 releaseId = _releaseId(group.regionId, group.tiles[i], group.epoch);
            Tally memory tally = group.tallies[i];
            tally.pending = _words[releaseId].add(tally.pending, fresh);
            _tallies[releaseId] = tally;
        }
    }

    /// @dev The accepted words of a tile by level; empty when there are none.
    function _wordsOf(Group memory group, Contribution[] calldata items, uint256 position) private pure returns (euint256[][] memory fresh) {
        uint256[] memory counts = new uint256[](COVER_TILES_MAX);
        uint64 tile = group.tiles[position];
        uint256 levels;
        for (uint256 i; i < items.length; ++i) {
            if ((group.accepted >> i) & 1 == 0 || (items[i].tile != 0 && items[i].tile != tile)) continue;
            uint256 words = items[i].tile == 0 ? 1 : items[i].handles.length;
            for (uint256 l; l < words; ++l) ++counts[l];
            if (words > levels) levels = words;
        }
        fresh = new euint256[][](levels);
        for (uint256 l; l < levels; ++l) {
            fresh[l] = new euint256[](counts[l]);
            uint256 filled;
            for (uint256 i; filled < counts[l]; ++i) {
                if ((group.accepted >> i) & 1 == 0) continue;
                bool single = items[i].tile == 0;
                if (single ? l != 0 : (items[i].tile != tile || l >= items[i].handles.length)) continue;
                fresh[l][filled++] = euint256.wrap(items[i].handles[single ? position : l]);
            }
        }
    }

    /// @dev Sum of 2^level over the item's words in one tile.
    function _weightOf(Contribution calldata item) private pure returns (uint256) {
        return item.tile == 0 ? 1 : (1 << item.handles.length) - 1;
    }

    /// @dev First handle of the input, which identifies it whatever part of it is used; zero when the proof is too short for one.
    function _firstHandle(Contribution calldata item) private pure returns (bytes32) {
        bytes calldata proof = item.inputProof;
        return proof.length < FIRST_HANDLE + 32 ? bytes32(0) : bytes32(proof[FIRST_HANDLE:FIRST_HANDLE + 32]);
    }

    /// @dev Malformed and malleable signatures are nobody's.
    function _isSignedBy(address account, bytes32 digest, bytes calldata signature) private pure returns (bool) {
        (address signer, ECDSA.RecoverError failure, ) = ECDSA.tryRecoverCalldata(digest, signature);
        return failure == ECDSA.RecoverError.NoError && signer == account;
    }

    /// @dev EIP-712 digest that the one-time address signs.
    function _contributionDigest(Contribution calldata item) private view returns (bytes32) {
        bytes32 levels = keccak256(abi.encodePacked(item.levels));
        bytes32 handles = keccak256(abi.encodePacked(item.handles));
        return
            _hashTypedDataV4(
                keccak256(
                    abi.encode(
                        CONTRIBUTION_TYPE,
                        item.regionId,
                        item.epoch,
                        item.cover,
                        item.tile,
                        levels,
                        handles,
                        item.vehicles
                    )
                )
            );
    }

    /// @dev EIP-712 digest that the ticket signer signs.
    function _ticketDigest(Ticket memory ticket) private view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(TICKET_TYPE, ticket)));
    }
}
