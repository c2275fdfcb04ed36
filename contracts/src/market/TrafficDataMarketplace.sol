// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.27;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Listing, OrderKind, Permit, Quote} from "../interfaces/ITrafficDataMarketplace.sol";
import {EarningsEscrow} from "./EarningsEscrow.sol";
import {MarketSettings} from "./MarketSettings.sol";
import {OrderBook} from "./OrderBook.sol";

/// @title Marketplace for published releases
/// @notice Takes payment by signed quote, or the seller's word for orders paid by card, and opens releases to readers.
contract TrafficDataMarketplace is EarningsEscrow, OrderBook, EIP712 {
    /// @notice May set listings.
    bytes32 public constant CURATOR_ROLE = keccak256("CURATOR_ROLE");
    /// @notice Signs quotes.
    bytes32 public constant QUOTE_SIGNER_ROLE = keccak256("QUOTE_SIGNER_ROLE");
    /// @notice Fulfils card orders and manages their readers.
    bytes32 public constant SELLER_ROLE = keccak256("SELLER_ROLE");
    /// @notice May refund orders.
    bytes32 public constant REFUNDER_ROLE = keccak256("REFUNDER_ROLE");

    /// @notice Most releases of one order.
    uint256 public constant RELEASES_MAX = 2_000;
    /// @notice When a token order nothing of which was opened can be refunded by anyone.
    uint256 public constant REFUND_DELAY = 24 hours;

    bytes32 private constant QUOTE_TYPE =
        keccak256(
            "Quote(bytes32 orderId,address buyer,address reader,bytes32 releasesHash,address token,uint256 amount,uint64 deadline)"
        );

    mapping(uint32 regionId => Listing) private _listings;
    /// What a card order was first fulfilled with.
    mapping(bytes32 orderId => bytes32) private _cardContents;

    /// @notice See `MarketSettings` for the admin and the first settings; the histogram contract never changes.
    constructor(
        address admin,
        address histogram_
    ) MarketSettings(admin) OrderBook(histogram_) EIP712("TrafficDataMarketplace", "1") {}

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
    /// `QuoteExpired`, `BadQuoteSignature`, `InvalidReader`, `OrderExists`, `ReleasesMismatch`, what `_leastPrice` reverts with,
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
        if (_orders[quote.orderId].kind != OrderKind.None) revert OrderExists(quote.orderId);
        if (_hash(releases) != quote.releasesHash) revert ReleasesMismatch(quote.releasesHash, _hash(releases));
        uint256 least = _leastPrice(releases, quote.token);
        if (quote.amount < least) revert AmountBelowPrice(quote.amount, least);
        _placePaid(quote, uint16(releases.length));
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
        StoredOrder memory self = _orders[orderId];
        if (self.kind != OrderKind.None) {
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
        (self.kind, self.releasesHash, self.releaseCount) = (OrderKind.Card, releasesHash, uint16(releases.length));
        _place(orderId, self, reader);
        emit OrderFulfilledByCard(orderId, reader, releasesHash, uint32(releases.length));
    }

    /// @notice Opens a slice of an order's releases to its readers. Anyone, once the purchase is final. Slices must not leave a gap; opening
    /// one again is harmless.
    /// @dev The releases were published before the purchase, so they are final when it is. Reverts with `UnknownOrder`, `OrderIsRefunded`,
    /// `NotFinal`, `ReleasesMismatch`, `SliceOutOfRange` or `SliceOutOfOrder`, and with the histogram's `ExpiryTooSoon` when the reading
    /// period is over. One opening (a release and a reader) takes some 40,000 gas: 350 fit a transaction.
    /// @param releases The whole list of the order.
    /// @param from First release of the slice.
    /// @param count Releases of the slice.
    function openOrder(bytes32 orderId, uint256[] calldata releases, uint32 from, uint32 count) external whenNotPaused {
        StoredOrder storage self = _liveOrder(orderId);
        uint64 finalAt = self.createdBlock + confirmations();
        if (block.number < finalAt) revert NotFinal(finalAt);
        uint256 end = _checkSlice(self, releases, from, count);
        emit OrderOpened(orderId, from, count, _openTo(orderId, releases, from, end));
    }

    /// @notice Adds a reader, at most five at a time. The buyer of a token order, the seller for a card order. Reveals the reader.
    /// Releases become readable for it by `openOrder` from the first one on.
    /// @dev Reverts with `UnknownOrder`, `OrderIsRefunded`, `OnlyBuyer`, `InvalidReader`, `ReaderExists` or `TooManyReaders`.
    function addReader(bytes32 orderId, address reader) external whenNotPaused {
        _checkOwner(_liveOrder(orderId));
        _checkReader(reader);
        _addReader(orderId, reader);
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
    ) external {
        StoredOrder storage self = _knownOrder(orderId);
        if (!self.refunded || !hasRole(REFUNDER_ROLE, msg.sender)) _checkOwner(self);
        _removeReader(orderId, reader, releases, from, _checkSlice(self, releases, from, count));
    }

    /// @notice Gives a payment back and stops further openings. Anyone, 24 hours after a token order nothing of which was opened; the
    /// refunder at any time. A card order's money is not here: refunding it only stops openings. Works while paused.
    /// @dev Readers that the order was opened to are removed by `removeReader`. Reverts with `UnknownOrder`, `OrderIsRefunded`, and with
    /// `NotRefundable` when it is too early or the money has been assigned to owners already.
    function refund(bytes32 orderId) external nonReentrant {
        StoredOrder storage self = _liveOrder(orderId);
        bool unopened = self.kind == OrderKind.Token && _openedCount(orderId) == 0;
        bool due = unopened && block.timestamp >= self.createdAt + REFUND_DELAY;
        if (!due && !hasRole(REFUNDER_ROLE, msg.sender)) revert NotRefundable(orderId);
        self.refunded = true;
        emit OrderRefunded(orderId, self.buyer, self.token, self.amount);
        if (self.kind != OrderKind.Token) return;
        if (!_giveBack(self.token, self.buyer, self.amount, self.createdAt)) revert NotRefundable(orderId);
    }

    /// @notice A region's listing; all zero when there is none. Anyone.
    function listing(uint32 regionId) external view returns (Listing memory) {
        return _listings[regionId];
    }

    /// @dev Writes the order of a quote.
    function _placePaid(Quote calldata quote, uint16 releaseCount) private {
        StoredOrder memory self;
        (self.kind, self.releasesHash, self.releaseCount) = (OrderKind.Token, quote.releasesHash, releaseCount);
        (self.buyer, self.token, self.amount) = (quote.buyer, quote.token, quote.amount);
        _place(quote.orderId, self, quote.reader);
        emit OrderPaid(
            quote.orderId,
            quote.buyer,
            quote.reader,
            quote.token,
            quote.amount,
            quote.releasesHash,
            releaseCount
        );
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

    /// @dev Reverts with `OnlyBuyer`, `QuoteExpired` or `BadQuoteSignature`.
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

    /// @dev A token order belongs to its buyer, a card order to the seller.
    function _checkOwner(StoredOrder storage self) private view {
        if (self.kind == OrderKind.Card) _checkRole(SELLER_ROLE);
        else if (msg.sender != self.buyer) revert OnlyBuyer(self.buyer);
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

    /// @dev List price less the listing's largest discount, rounded up in the sum, in the platform's and the owners' favour. Reverts with
    /// `NotListed`, `WrongToken`, `NotPublished`, `ReleasesNotAscending`, `NoReleases` or `TooManyReleases`.
    function _leastPrice(uint256[] calldata releases, address token) private view returns (uint256) {
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

    /// @dev The histogram's ids have the region above 96 bits; those with anything above it are not published.
    function _regionOf(uint256 releaseId) private pure returns (uint32) {
        return uint32(releaseId >> 96);
    }
}
