// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.27;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ITrafficDataMarketplace, Order, OrderKind} from "../interfaces/ITrafficDataMarketplace.sol";
import {ITrafficHistogram} from "../interfaces/ITrafficHistogram.sol";

/// @title Orders and their readers
/// @notice An order keeps only the hash of its releases; whoever acts on it gives the list again. Its readers are opened to from the first
/// release on, without gaps, and closed to in the same order.
/// @dev A release can be open to one reader by several orders, of the same buyer or of different ones. It is closed to the reader with the
/// last of them: else whoever names a foreign reader in an order of their own could take its access away.
abstract contract OrderBook is ITrafficDataMarketplace {
    /// @notice Most readers of one order at a time.
    uint256 public constant READERS_MAX = 5;
    /// @notice How long after the purchase its releases are readable.
    uint256 public constant READING_PERIOD = 365 days;

    /// @notice The contract whose releases are sold.
    ITrafficHistogram public immutable histogram;

    /// @dev The first slot is all that an opening needs besides the hash.
    struct StoredOrder {
        OrderKind kind;
        bool refunded;
        uint8 readerCount;
        uint16 releaseCount;
        /// Most releases that were opened to a reader who has been removed since.
        uint16 openedBefore;
        uint40 createdAt;
        uint40 createdBlock;
        bytes32 releasesHash;
        address buyer;
        address token;
        uint256 amount;
    }

    /// @dev One slot.
    struct Reader {
        address account;
        /// Releases [0, opened) have been opened to it by this order.
        uint16 opened;
        /// It is being removed, and releases [0, closed) are closed to it again.
        bool leaving;
        uint16 closed;
    }

    /// @dev Further orders that hold a release open to the same reader, and until when the latest of the earlier ones does.
    struct Shared {
        uint64 until;
        uint32 orders;
    }

    mapping(bytes32 orderId => StoredOrder) internal _orders;
    mapping(bytes32 orderId => Reader[READERS_MAX]) private _readers;
    mapping(uint256 releaseId => mapping(address reader => Shared)) private _shared;

    /// @dev The histogram contract never changes.
    constructor(address histogram_) {
        histogram = ITrafficHistogram(histogram_);
    }

    /// @notice What is kept of an order; kind `None` when there is none. Anyone.
    function order(bytes32 orderId) external view returns (Order memory) {
        StoredOrder storage self = _orders[orderId];
        return
            Order({
                kind: self.kind,
                buyer: self.buyer,
                token: self.token,
                amount: self.amount,
                releasesHash: self.releasesHash,
                createdAt: self.createdAt,
                createdBlock: self.createdBlock,
                releaseCount: self.releaseCount,
                openedCount: uint32(_openedCount(orderId)),
                refunded: self.refunded
            });
    }

    /// @notice The order's readers, those being removed included. Anyone.
    function readers(bytes32 orderId) external view returns (address[] memory accounts) {
        accounts = new address[](_orders[orderId].readerCount);
        for (uint256 i; i < accounts.length; ++i) accounts[i] = _readers[orderId][i].account;
    }

    /// @notice Unix second until which the order's releases are readable once opened. Anyone. Reverts with `UnknownOrder`.
    function readableUntil(bytes32 orderId) external view returns (uint64) {
        return _readableUntil(_knownOrder(orderId));
    }

    /// @dev Writes a new order with its first reader.
    function _place(bytes32 orderId, StoredOrder memory self, address reader) internal {
        self.createdAt = uint40(block.timestamp);
        self.createdBlock = uint40(block.number);
        self.readerCount = 1;
        _orders[orderId] = self;
        _readers[orderId][0].account = reader;
    }

    /// @dev Adds a reader, to whom the order will be opened from its first release on.
    function _addReader(bytes32 orderId, address reader) internal {
        StoredOrder storage self = _orders[orderId];
        uint8 count = self.readerCount;
        for (uint256 i; i < count; ++i) if (_readers[orderId][i].account == reader) revert ReaderExists(reader);
        if (count == READERS_MAX) revert TooManyReaders(READERS_MAX);
        _readers[orderId][count] = Reader(reader, 0, false, 0);
        self.readerCount = count + 1;
        emit ReaderAdded(orderId, reader);
    }

    /// @dev Closes releases [from, end) to a reader; forgets it when no open one is left.
    function _removeReader(bytes32 orderId, address reader, uint256[] calldata releases, uint256 from, uint256 end) internal {
        StoredOrder storage self = _orders[orderId];
        Reader[READERS_MAX] storage list = _readers[orderId];
        uint8 last = self.readerCount;
        uint256 place;
        while (place < last && list[place].account != reader) ++place;
        if (place == last) revert UnknownReader(reader);
        if (!_closeTo(list[place], releases, from, end, _readableUntil(self))) return;
        self.openedBefore = uint16(Math.max(self.openedBefore, list[place].opened));
        self.readerCount = --last;
        list[place] = list[last];
        delete list[last];
        emit ReaderRemoved(orderId, reader);
    }

    /// @dev Opens releases [from, end) to the order's readers, except those that are leaving or for which earlier releases are missing.
    /// Reverts with `SliceOutOfOrder` when earlier ones are missing for all.
    function _openTo(bytes32 orderId, uint256[] calldata releases, uint256 from, uint256 end) internal returns (uint64 expiry) {
        StoredOrder storage self = _orders[orderId];
        Reader[READERS_MAX] storage list = _readers[orderId];
        uint256 count = self.readerCount;
        uint256 reached;
        uint256 served;
        expiry = _readableUntil(self);
        for (uint256 r; r < count; ++r) {
            Reader memory reader = list[r];
            if (reader.leaving) continue;
            reached = Math.max(reached, reader.opened);
            if (from > reader.opened) continue;
            ++served;
            _openReleases(releases, reader, from, end, expiry);
            if (end > reader.opened) list[r].opened = uint16(end);
        }
        if (served == 0) revert SliceOutOfOrder(from, reached);
    }

    /// @dev Releases [0, this) have been opened to at least one reader, removed ones included.
    function _openedCount(bytes32 orderId) internal view returns (uint256 opened) {
        StoredOrder storage self = _orders[orderId];
        opened = self.openedBefore;
        for (uint256 r; r < self.readerCount; ++r) opened = Math.max(opened, _readers[orderId][r].opened);
    }

    /// @dev The order, or a revert with `UnknownOrder`.
    function _knownOrder(bytes32 orderId) internal view returns (StoredOrder storage self) {
        self = _orders[orderId];
        if (self.kind == OrderKind.None) revert UnknownOrder(orderId);
    }

    /// @dev The order, or a revert with `UnknownOrder` or `OrderIsRefunded`.
    function _liveOrder(bytes32 orderId) internal view returns (StoredOrder storage self) {
        self = _knownOrder(orderId);
        if (self.refunded) revert OrderIsRefunded(orderId);
    }

    /// @dev The list must be the order's and hold the slice. Returns the slice's end.
    function _checkSlice(
        StoredOrder storage self,
        uint256[] calldata releases,
        uint256 from,
        uint256 count
    ) internal view returns (uint256 end) {
        bytes32 actual = _hash(releases);
        if (actual != self.releasesHash) revert ReleasesMismatch(self.releasesHash, actual);
        end = from + count;
        if (count == 0 || end > releases.length) revert SliceOutOfRange(from, count, releases.length);
    }

    /// @dev keccak256 of the ids, each as 32 bytes.
    function _hash(uint256[] calldata releases) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(releases));
    }

    /// @dev Opens releases [from, end) to one reader and notes those that another order holds open to it as well.
    function _openReleases(
        uint256[] calldata releases,
        Reader memory reader,
        uint256 from,
        uint256 end,
        uint64 expiry
    ) private {
        for (uint256 i = from; i < end; ++i) {
            uint64 before = histogram.open(releases[i], reader.account, expiry);
            // It was open, and not by this order.
            if (i < reader.opened || before < block.timestamp) continue;
            Shared storage shared = _shared[releases[i]][reader.account];
            shared.until = before;
            ++shared.orders;
        }
    }

    /// @dev Closes releases [from, end) to a reader as far as this order opened them and has not closed them. Returns whether none is left.
    function _closeTo(
        Reader storage stored,
        uint256[] calldata releases,
        uint256 from,
        uint256 end,
        uint64 expiry
    ) private returns (bool) {
        Reader memory reader = stored;
        if (from > reader.closed) revert SliceOutOfOrder(from, reader.closed);
        uint256 last = Math.max(reader.closed, Math.min(end, reader.opened));
        for (uint256 i = reader.closed; i < last; ++i) {
            Shared storage shared = _shared[releases[i]][reader.account];
            bool heldByAnother = shared.orders != 0 && shared.until >= block.timestamp;
            if (shared.orders != 0) --shared.orders;
            // Once this order's own time is over, a release that is still open is another order's.
            if (!heldByAnother && expiry >= block.timestamp) histogram.close(releases[i], reader.account);
        }
        (stored.leaving, stored.closed) = (true, uint16(last));
        return last == reader.opened;
    }

    /// @dev The same for every opening of the order, so that opening again has nothing to do.
    function _readableUntil(StoredOrder storage self) private view returns (uint64) {
        return self.createdAt + uint64(READING_PERIOD);
    }
}
