// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.27;

import {AccessControlDefaultAdminRules} from "@openzeppelin/contracts/access/extensions/AccessControlDefaultAdminRules.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Listing, Order, OrderKind, Permit, Quote} from "../interfaces/ITrafficDataMarketplace.sol";
import {ITrafficHistogram} from "../interfaces/ITrafficHistogram.sol";
import {EarningsEscrow} from "./EarningsEscrow.sol";

/// @title Marketplace for published releases
/// @notice Takes payment by signed quote, or the seller's word for orders paid by card, and opens releases to readers.
/// @dev An order keeps only the hash of its releases; whoever acts on it gives the list again.
contract TrafficDataMarketplace is EarningsEscrow, EIP712 {
    /// @notice May set listings.
    bytes32 public constant CURATOR_ROLE = keccak256("CURATOR_ROLE");
    /// @notice Signs quotes.
    bytes32 public constant QUOTE_SIGNER_ROLE = keccak256("QUOTE_SIGNER_ROLE");
    /// @notice Fulfils card orders and manages their readers.
    bytes32 public constant SELLER_ROLE = keccak256("SELLER_ROLE");
    /// @notice May refund orders.
    bytes32 public constant REFUNDER_ROLE = keccak256("REFUNDER_ROLE");
    /// @notice May pause and resume.
    bytes32 public constant PAUSER_ROLE = keccak256("PAUSER_ROLE");

    /// @notice Most releases of one order.
    uint256 public constant RELEASES_MAX = 2_000;
    /// @notice Most readers of one order at a time.
    uint256 public constant READERS_MAX = 5;
    /// @notice How long after the purchase its releases are readable.
    uint256 public constant READING_PERIOD = 365 days;
    /// @notice When a token order nothing of which was opened can be refunded by anyone.
    uint256 public constant REFUND_DELAY = 24 hours;

    uint256 private constant LOCAL_CHAIN = 31337;
    /// Depth at which a block of Ethereum counts as final for releases.
    uint64 private constant CONFIRMATIONS = 95;
    uint32 private constant DAILY_CARD_CAP = 10_000;
    uint48 private constant ADMIN_DELAY = 1 days;
    bytes32 private constant QUOTE_TYPE =
        keccak256(
            "Quote(bytes32 orderId,address buyer,address reader,bytes32 releasesHash,address token,uint256 amount,uint64 deadline)"
        );

    /// @dev One slot. Releases [0, opened) of the order have been opened to the reader, [0, closed) closed again.
    struct Reader {
        address account;
        uint32 opened;
        uint32 closed;
        bool leaving;
    }

    /// @dev Further orders that hold a release open to the same reader, and until when the latest of the earlier ones does.
    struct Shared {
        uint64 until;
        uint32 orders;
    }

    /// @notice The contract whose releases are sold.
    ITrafficHistogram public immutable histogram;

    uint64 private _confirmations;
    uint32 private _dailyCardCap;
    uint32 private _cardDay;
    uint32 private _cardReleases;
    mapping(uint32 regionId => Listing) private _listings;
    mapping(bytes32 orderId => Order) private _orders;
    mapping(bytes32 orderId => Reader[]) private _readers;
    /// What a card order was first fulfilled with.
    mapping(bytes32 orderId => bytes32) private _cardContents;
    mapping(uint256 releaseId => mapping(address reader => Shared)) private _shared;

    /// @notice The admin grants the other roles and can hand over its own in two steps. Confirmations begin at 95 blocks, at none on chain
    /// 31337; the cap of card orders at 10,000 releases a day.
    constructor(
        address admin,
        address histogram_
    ) AccessControlDefaultAdminRules(ADMIN_DELAY, admin) EIP712("TrafficDataMarketplace", "1") {
        histogram = ITrafficHistogram(histogram_);
        _setConfirmations(block.chainid == LOCAL_CHAIN ? 0 : CONFIRMATIONS);
        _setDailyCardCap(DAILY_CARD_CAP);
    }

    /// @notice Sets or changes what is asked for a region's releases. Only the curator. Paid orders are not affected.
    /// @dev Reverts with `InvalidListing` naming the field.
    function setListing(uint32 regionId, Listing calldata listing_) external onlyRole(CURATOR_ROLE) {
        if (regionId == 0 || regionId > histogram.regionCount()) revert InvalidListing("regionId");
        if (listing_.token.code.length == 0) revert InvalidListing("token");
        if (listing_.pricePerRelease == 0) revert InvalidListing("pricePerRelease");
        if (listing_.largestDiscountBps > BPS) revert InvalidListing("largestDiscountBps");
        _listings[regionId] = listing_;
        emit ListingSet(regionId, listing_);
    }

    /// @notice Pays for published, listed releases at a price that the platform has signed. Only the quote's buyer. Reveals buyer, reader,
    /// amount and releases.
    /// @dev The permit may fail (someone else may have used it): what counts is the allowance afterwards. Reverts with `OnlyBuyer`,
    /// `QuoteExpired`, `ReleasesMismatch`, `BadQuoteSignature`, `InvalidReader`, `OrderExists`, what `_priceOf` reverts with,
    /// `AmountBelowPrice`, `InsufficientAllowance` or `WrongAmountReceived`.
    /// @param quote What the platform promises.
    /// @param releases Ids in strictly ascending order, 1 to 2,000.
    /// @param signature The quote signer's.
    /// @param permit ERC-2612 approval, or a deadline of zero.
    function buy(
        Quote calldata quote,
        uint256[] calldata releases,
        bytes calldata signature,
        Permit calldata permit
    ) external whenNotPaused nonReentrant {
        _checkQuote(quote, signature);
        _checkReader(quote.reader);
        if (_orders[quote.orderId].createdAt != 0) revert OrderExists(quote.orderId);
        if (_hash(releases) != quote.releasesHash) revert ReleasesMismatch(quote.releasesHash, _hash(releases));
        uint256 least = _priceOf(releases, quote.token);
        if (quote.amount < least) revert AmountBelowPrice(quote.amount, least);
        _place(quote, releases.length);
        emit OrderPaid(
            quote.orderId,
            quote.buyer,
            quote.reader,
            quote.token,
            quote.amount,
            quote.releasesHash,
            uint32(releases.length)
        );
        _approve(quote, permit);
        _collect(quote.token, quote.buyer, quote.amount);
    }

    /// @notice Records an order that was paid by card. Only the seller. Doing so again with the same content changes nothing.
    /// Reveals reader and releases.
    /// @dev The region must have a listing, but a paid order is fulfilled even when it is no longer active. Reverts with `OrderConflict` for
    /// another content, `DailyCapReached`, `InvalidReader`, `NotPublished`, `NotListed`, or for a bad list.
    function fulfil(
        bytes32 orderId,
        uint256[] calldata releases,
        address reader
    ) external whenNotPaused onlyRole(SELLER_ROLE) {
        bytes32 releasesHash = _hash(releases);
        bytes32 content = keccak256(abi.encode(releasesHash, reader));
        if (_orders[orderId].createdAt != 0) {
            if (_cardContents[orderId] != content) revert OrderConflict(orderId);
            return;
        }
        _checkReader(reader);
        _checkReleases(releases);
        for (uint256 i; i < releases.length; ++i) {
            if (_listings[_regionOf(releases[i])].token == address(0)) revert NotListed(_regionOf(releases[i]));
        }
        _countTowardsCap(releases.length);
        _cardContents[orderId] = content;
        _store(orderId, OrderKind.Card, releasesHash, releases.length);
        _readers[orderId].push(Reader(reader, 0, 0, false));
        emit OrderFulfilledByCard(orderId, reader, releasesHash, uint32(releases.length));
    }

    /// @notice Opens a slice of an order's releases to its readers. Anyone, once the purchase is final. Slices must not leave a gap; opening
    /// one again is harmless and mends what another order closed.
    /// @dev The releases were published before the purchase, so they are final when it is. Reverts with `UnknownOrder`, `OrderIsRefunded`,
    /// `NotFinal`, `ReleasesMismatch`, `SliceOutOfRange` or `SliceOutOfOrder`, and with the histogram's `ExpiryTooSoon` when the reading
    /// period is over. Some 200 releases fit a transaction.
    /// @param releases The whole list of the order.
    /// @param from First release of the slice.
    /// @param count Releases of the slice.
    function openOrder(
        bytes32 orderId,
        uint256[] calldata releases,
        uint32 from,
        uint32 count
    ) external whenNotPaused nonReentrant {
        Order storage self = _liveOrder(orderId);
        uint256 finalAt = self.createdBlock + _confirmations;
        if (block.number < finalAt) revert NotFinal(uint64(finalAt));
        uint256 end = _checkSlice(self, releases, from, count);
        if (from > self.openedCount) revert SliceOutOfOrder(from, self.openedCount);
        if (end > self.openedCount) self.openedCount = uint32(end);
        uint64 expiry = _readableUntil(self);
        Reader[] storage list = _readers[orderId];
        for (uint256 r; r < list.length; ++r) _openTo(list[r], releases, from, end, expiry);
        emit OrderOpened(orderId, from, count, expiry);
    }

    /// @notice Adds a reader, at most five at a time. The buyer of a token order, the seller for a card order. Reveals the reader.
    /// Releases become readable for it by `openOrder` from the first one on.
    /// @dev Reverts with `UnknownOrder`, `OrderIsRefunded`, `OnlyBuyer`, `InvalidReader`, `ReaderExists` or `TooManyReaders`.
    function addReader(bytes32 orderId, address reader) external whenNotPaused {
        _checkOwner(_liveOrder(orderId));
        _checkReader(reader);
        Reader[] storage list = _readers[orderId];
        (bool found, ) = _find(list, reader);
        if (found) revert ReaderExists(reader);
        if (list.length >= READERS_MAX) revert TooManyReaders(READERS_MAX);
        list.push(Reader(reader, 0, 0, false));
        emit ReaderAdded(orderId, reader);
    }

    /// @notice Takes the order's releases away from a reader, slice by slice from the first one on; with the last one that was opened the
    /// reader is forgotten. The buyer of a token order, the seller for a card order; the refunder once it is refunded. Works while paused.
    /// @dev A release stays readable while another order holds it open to the same reader. Reverts with `UnknownOrder`, `OnlyBuyer`,
    /// `UnknownReader`, `ReleasesMismatch`, `SliceOutOfRange` or `SliceOutOfOrder`. What was read before stays known.
    function removeReader(
        bytes32 orderId,
        address reader,
        uint256[] calldata releases,
        uint32 from,
        uint32 count
    ) external nonReentrant {
        Order storage self = _knownOrder(orderId);
        if (!self.refunded || !hasRole(REFUNDER_ROLE, msg.sender)) _checkOwner(self);
        Reader[] storage list = _readers[orderId];
        (bool found, uint256 place) = _find(list, reader);
        if (!found) revert UnknownReader(reader);
        uint256 end = _checkSlice(self, releases, from, count);
        if (_closeTo(list[place], releases, from, end, _readableUntil(self))) {
            list[place] = list[list.length - 1];
            list.pop();
            emit ReaderRemoved(orderId, reader);
        }
    }

    /// @notice Gives a payment back and stops further openings. Anyone, 24 hours after a token order nothing of which was opened; the
    /// refunder at any time. A card order's money is not here: refunding it only stops openings. Works while paused.
    /// @dev Readers that the order was opened to are removed by `removeReader`. Reverts with `UnknownOrder`, `OrderIsRefunded`, and with
    /// `NotRefundable` when it is too early or the money has been assigned to owners already.
    function refund(bytes32 orderId) external nonReentrant {
        Order storage self = _liveOrder(orderId);
        bool unopened = self.kind == OrderKind.Token && self.openedCount == 0;
        bool due = unopened && block.timestamp >= self.createdAt + REFUND_DELAY;
        if (!due && !hasRole(REFUNDER_ROLE, msg.sender)) revert NotRefundable(orderId);
        self.refunded = true;
        emit OrderRefunded(orderId, self.buyer, self.token, self.amount);
        if (self.kind != OrderKind.Token) return;
        if (!_giveBack(self.token, self.buyer, self.amount, self.createdAt)) revert NotRefundable(orderId);
    }

    /// @notice Sets how many blocks deep a purchase must be before its releases are opened. Only the admin.
    /// WARNING: too few on a chain that reorganises would open a release whose noise may be drawn again.
    function setConfirmations(uint64 confirmations_) external onlyRole(DEFAULT_ADMIN_ROLE) {
        _setConfirmations(confirmations_);
    }

    /// @notice Sets how many releases can be sold by card in a UTC day, which bounds a stolen seller key. Only the admin.
    function setDailyCardCap(uint32 releases) external onlyRole(DEFAULT_ADMIN_ROLE) {
        _setDailyCardCap(releases);
    }

    /// @notice Stops sales, openings, new readers, claims and withdrawals. Only the pauser. Refunds and removing readers go on working.
    function pause() external onlyRole(PAUSER_ROLE) {
        _pause();
    }

    /// @notice Resumes. Only the pauser.
    function unpause() external onlyRole(PAUSER_ROLE) {
        _unpause();
    }

    /// @notice A region's listing; all zero when there is none. Anyone.
    function listing(uint32 regionId) external view returns (Listing memory) {
        return _listings[regionId];
    }

    /// @notice What is kept of an order; kind `None` when there is none. Anyone.
    function order(bytes32 orderId) external view returns (Order memory) {
        return _orders[orderId];
    }

    /// @notice The order's readers, those being removed included. Anyone.
    function readers(bytes32 orderId) external view returns (address[] memory accounts) {
        Reader[] storage list = _readers[orderId];
        accounts = new address[](list.length);
        for (uint256 i; i < accounts.length; ++i) accounts[i] = list[i].account;
    }

    /// @notice Unix second until which the order's releases are readable once opened. Anyone. Reverts with `UnknownOrder`.
    function readableUntil(bytes32 orderId) external view returns (uint64) {
        return _readableUntil(_knownOrder(orderId));
    }

    /// @notice Blocks that a purchase must be deep before its releases are opened. Anyone.
    function confirmations() external view returns (uint64) {
        return _confirmations;
    }

    /// @notice Releases that can be sold by card in a UTC day. Anyone.
    function dailyCardCap() external view returns (uint32) {
        return _dailyCardCap;
    }

    function _checkQuote(Quote calldata quote, bytes calldata signature) private view {
        if (msg.sender != quote.buyer) revert OnlyBuyer(quote.buyer);
        if (block.timestamp > quote.deadline) revert QuoteExpired(quote.deadline);
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(QUOTE_TYPE, quote)));
        (address signer, ECDSA.RecoverError failure, ) = ECDSA.tryRecoverCalldata(digest, signature);
        bool signed = failure == ECDSA.RecoverError.NoError && hasRole(QUOTE_SIGNER_ROLE, signer);
        if (!signed) revert BadQuoteSignature();
    }

    /// @dev The access control list refuses the context contract as a reader.
    function _checkReader(address reader) private view {
        if (reader == address(0) || reader == address(histogram)) revert InvalidReader(reader);
    }

    /// @dev Strictly ascending published ids, 1 to 2,000.
    function _checkReleases(uint256[] calldata releases) private view {
        if (releases.length == 0) revert NoReleases();
        if (releases.length > RELEASES_MAX) revert TooManyReleases(releases.length, RELEASES_MAX);
        for (uint256 i; i < releases.length; ++i) {
            if (i != 0 && releases[i] <= releases[i - 1]) revert ReleasesNotAscending();
            if (histogram.publishedBlock(releases[i]) == 0) revert NotPublished(releases[i]);
        }
    }

    /// @dev Least amount for the releases: list price less the listing's largest discount, rounded up in the sum, in the platform's and the
    /// owners' favour. Reverts with `NotListed`, `WrongToken`, `NotPublished`, `ReleasesNotAscending`, `NoReleases` or `TooManyReleases`.
    function _priceOf(uint256[] calldata releases, address token) private view returns (uint256) {
        _checkReleases(releases);
        uint32 regionId;
        uint256 price;
        uint256 sum;
        for (uint256 i; i < releases.length; ++i) {
            if (_regionOf(releases[i]) != regionId) {
                regionId = _regionOf(releases[i]);
                Listing memory asked = _listings[regionId];
                if (!asked.active) revert NotListed(regionId);
                if (asked.token != token) revert WrongToken(asked.token, token);
                price = uint256(asked.pricePerRelease) * (BPS - asked.largestDiscountBps);
            }
            sum += price;
        }
        return Math.ceilDiv(sum, BPS);
    }

    function _place(Quote calldata quote, uint256 releaseCount) private {
        Order storage self = _store(quote.orderId, OrderKind.Token, quote.releasesHash, releaseCount);
        self.buyer = quote.buyer;
        self.token = quote.token;
        self.amount = quote.amount;
        _readers[quote.orderId].push(Reader(quote.reader, 0, 0, false));
    }

    function _store(bytes32 orderId, OrderKind kind, bytes32 releasesHash, uint256 releaseCount) private returns (Order storage self) {
        self = _orders[orderId];
        self.kind = kind;
        self.releasesHash = releasesHash;
        self.createdAt = uint64(block.timestamp);
        self.createdBlock = uint64(block.number);
        self.releaseCount = uint32(releaseCount);
    }

    /// @dev Uses the permit, if there is one, and checks the allowance whether or not it worked.
    function _approve(Quote calldata quote, Permit calldata permit) private {
        if (permit.deadline != 0) {
            IERC20Permit token = IERC20Permit(quote.token);
            try token.permit(quote.buyer, address(this), quote.amount, permit.deadline, permit.v, permit.r, permit.s) {} catch {
                // Whoever saw it in the mempool may have used it first; then the allowance is there all the same.
            }
        }
        uint256 allowance = IERC20(quote.token).allowance(quote.buyer, address(this));
        if (allowance < quote.amount) revert InsufficientAllowance(allowance, quote.amount);
    }

    function _countTowardsCap(uint256 releaseCount) private {
        uint32 today = uint32(block.timestamp / 1 days);
        uint256 used = (_cardDay == today ? _cardReleases : 0) + releaseCount;
        if (used > _dailyCardCap) revert DailyCapReached(_dailyCardCap);
        _cardDay = today;
        _cardReleases = uint32(used);
    }

    /// @dev Opens releases [from, end) to a reader, unless it is leaving or earlier ones are still missing for it.
    function _openTo(Reader storage reader, uint256[] calldata releases, uint256 from, uint256 end, uint64 expiry) private {
        Reader memory self = reader;
        if (self.leaving || from > self.opened) return;
        for (uint256 i = from; i < end; ++i) {
            uint64 before = histogram.open(releases[i], self.account, expiry);
            bool heldByAnother = i >= self.opened && before >= block.timestamp;
            if (!heldByAnother) continue;
            Shared storage shared = _shared[releases[i]][self.account];
            ++shared.orders;
            shared.until = before;
        }
        if (end > self.opened) reader.opened = uint32(end);
    }

    /// @dev Closes releases [from, end) to a reader as far as this order opened them and has not closed them. Returns whether none is left.
    function _closeTo(
        Reader storage reader,
        uint256[] calldata releases,
        uint256 from,
        uint256 end,
        uint64 expiry
    ) private returns (bool done) {
        Reader memory self = reader;
        if (from > self.closed) revert SliceOutOfOrder(from, self.closed);
        uint256 last = Math.min(end, self.opened);
        for (uint256 i = self.closed; i < last; ++i) {
            Shared storage shared = _shared[releases[i]][self.account];
            bool heldByAnother = shared.orders != 0 && shared.until >= block.timestamp;
            if (shared.orders != 0) --shared.orders;
            // Once this order's own time is over, an open release is another order's.
            if (!heldByAnother && expiry >= block.timestamp) histogram.close(releases[i], self.account);
        }
        (reader.leaving, reader.closed) = (true, uint32(Math.max(last, self.closed)));
        return last >= self.opened;
    }

    function _setConfirmations(uint64 confirmations_) private {
        _confirmations = confirmations_;
        emit ConfirmationsSet(confirmations_);
    }

    function _setDailyCardCap(uint32 releases) private {
        _dailyCardCap = releases;
        emit DailyCardCapSet(releases);
    }

    /// @dev A token order belongs to its buyer, a card order to the seller.
    function _checkOwner(Order storage self) private view {
        if (self.kind == OrderKind.Card) _checkRole(SELLER_ROLE);
        else if (msg.sender != self.buyer) revert OnlyBuyer(self.buyer);
    }

    function _knownOrder(bytes32 orderId) private view returns (Order storage self) {
        self = _orders[orderId];
        if (self.createdAt == 0) revert UnknownOrder(orderId);
    }

    function _liveOrder(bytes32 orderId) private view returns (Order storage self) {
        self = _knownOrder(orderId);
        if (self.refunded) revert OrderIsRefunded(orderId);
    }

    /// @dev The list must be the order's and hold the slice. Returns the slice's end.
    function _checkSlice(
        Order storage self,
        uint256[] calldata releases,
        uint256 from,
        uint256 count
    ) private view returns (uint256 end) {
        bytes32 actual = _hash(releases);
        if (actual != self.releasesHash) revert ReleasesMismatch(self.releasesHash, actual);
        end = from + count;
        if (count == 0 || end > releases.length) revert SliceOutOfRange(from, count, releases.length);
    }

    function _find(Reader[] storage list, address account_) private view returns (bool found, uint256 place) {
        for (; place < list.length; ++place) if (list[place].account == account_) return (true, place);
    }

    function _readableUntil(Order storage self) private view returns (uint64) {
        return self.createdAt + uint64(READING_PERIOD);
    }

    function _regionOf(uint256 releaseId) private pure returns (uint32) {
        return uint32(releaseId >> 96);
    }

    function _hash(uint256[] calldata releases) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(releases));
    }
}
