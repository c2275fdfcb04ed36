// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.27;

/// @notice What is asked for a region's releases. One listing a region.
struct Listing {
    /// ERC-20 in which the region is sold on chain.
    address token;
    /// Token units for one tile and epoch.
    uint128 pricePerRelease;
    /// Fiat minor units (EUR cents) for one tile and epoch: information for card orders.
    uint64 priceFiatMinor;
    /// Largest volume discount that a quote may grant, basis points.
    uint16 largestDiscountBps;
    bool active;
}

/// @notice Price promised by the platform to one buyer for one set of releases, signed (EIP-712) by the quote signer.
struct Quote {
    bytes32 orderId;
    address buyer;
    address reader;
    /// keccak256 of the releases' ids, each as 32 bytes, in the order in which they are given to `buy` and `openOrder`.
    bytes32 releasesHash;
    address token;
    uint256 amount;
    uint64 deadline;
}

/// @notice ERC-2612 permit; `deadline` zero means that none is given.
struct Permit {
    uint256 deadline;
    uint8 v;
    bytes32 r;
    bytes32 s;
}

enum OrderKind {
    None,
    Token,
    Card
}

/// @notice What is kept of an order. The releases themselves are known by their hash only.
struct Order {
    OrderKind kind;
    address buyer;
    address token;
    uint256 amount;
    bytes32 releasesHash;
    uint64 createdAt;
    uint64 createdBlock;
    uint32 releaseCount;
    uint32 openedCount;
    bool refunded;
}

/// @notice Money of one token that the marketplace holds; its balance is `held + shares - claimed + fees`.
struct Account {
    /// Payments younger than 30 days.
    uint128 held;
    /// Owners' part of all older payments, claimed or not.
    uint128 shares;
    /// What owners have claimed.
    uint128 claimed;
    /// The platform's part of all older payments, less what was withdrawn.
    uint128 fees;
}

/// @notice Merkle root of the owners' cumulative earnings in one token.
struct EarningsRoot {
    bytes32 root;
    /// Sum of all leaves; claims stop there.
    uint256 total;
    /// Unix second from which it counts; zero when there is none.
    uint64 activeAt;
}

/// @title Marketplace for published releases
/// @notice Takes payment by signed quote, or the seller's word for card orders, and opens releases to readers.
/// EIP-712 domain: name "TrafficDataMarketplace", version "1", this chain, this contract.
interface ITrafficDataMarketplace {
    event ListingSet(uint32 indexed regionId, Listing listing);
    event OrderPaid(bytes32 indexed orderId, address indexed buyer, address indexed reader, address token, uint256 amount, bytes32 releasesHash, uint32 releaseCount);
    event OrderFulfilledByCard(bytes32 indexed orderId, address indexed reader, bytes32 releasesHash, uint32 releaseCount);
    event OrderOpened(bytes32 indexed orderId, uint32 from, uint32 count, uint64 expiry);
    event ReaderAdded(bytes32 indexed orderId, address indexed reader);
    event ReaderRemoved(bytes32 indexed orderId, address indexed reader);
    event OrderRefunded(bytes32 indexed orderId, address indexed buyer, address token, uint256 amount);
    event ConfirmationsSet(uint64 confirmations);
    event DailyCardCapSet(uint32 releases);
    event EarningsRootProposed(address indexed token, bytes32 root, uint256 total, uint64 activeAt);
    event EarningsClaimed(address indexed token, address indexed account, uint256 amount);
    event PlatformFeesWithdrawn(address indexed token, address indexed to, uint256 amount);

    error InvalidListing(bytes32 field);
    error NotListed(uint32 regionId);
    error NotPublished(uint256 releaseId);
    error WrongToken(address expected, address actual);
    error AmountBelowPrice(uint256 amount, uint256 least);
    error QuoteExpired(uint64 deadline);
    error BadQuoteSignature();
    error OnlyBuyer(address buyer);
    error ReleasesMismatch(bytes32 expected, bytes32 actual);
    error ReleasesNotAscending();
    error OrderExists(bytes32 orderId);
    error UnknownOrder(bytes32 orderId);
    error OrderConflict(bytes32 orderId);
    error OrderIsRefunded(bytes32 orderId);
    error TooManyReleases(uint256 count, uint256 countMax);
    error TooManyReaders(uint256 readersMax);
    error UnknownReader(address reader);
    error NotFinal(uint64 finalAtBlock);
    error DailyCapReached(uint32 cap);
    error InsufficientAllowance(uint256 allowance, uint256 needed);
    error NotRefundable(bytes32 orderId);
    error RootExceedsShares(uint256 total, uint256 shares);
    error NothingToClaim();
    error BadProof();
    error NoReleases();
    error SliceOutOfRange(uint256 from, uint256 count, uint256 length);
    error SliceOutOfOrder(uint256 from, uint256 next);
    error InvalidReader(address reader);
    error ReaderExists(address reader);
    error WrongAmountReceived(uint256 received, uint256 expected);
    error InsufficientFees(uint256 fees, uint256 needed);

    /// Curator.
    function setListing(uint32 regionId, Listing calldata listing) external;
    /// The quote's buyer. Takes the money; `openOrder` opens the releases.
    function buy(Quote calldata quote, uint256[] calldata releases, bytes calldata signature, Permit calldata permit) external;
    /// Seller, for orders paid by card. Repeating it with the same content changes nothing.
    function fulfil(bytes32 orderId, uint256[] calldata releases, address reader) external;
    /// Anyone, once the purchase is final; slice by slice without gaps. `releases` is the whole list.
    function openOrder(bytes32 orderId, uint256[] calldata releases, uint32 from, uint32 count) external;
    /// Buyer of a token order, seller for a card order; at most five readers.
    function addReader(bytes32 orderId, address reader) external;
    /// Closes the named slice of the order's releases to the reader; with the last slice the reader is forgotten.
    function removeReader(bytes32 orderId, address reader, uint256[] calldata releases, uint32 from, uint32 count) external;
    /// Anyone, 24 hours after a token order that could not be opened at all; the refunder role at any time from unclaimed escrow.
    function refund(bytes32 orderId) external;
    /// Admin.
    function setConfirmations(uint64 confirmations) external;
    /// Admin.
    function setDailyCardCap(uint32 releases) external;
    /// Moves payments that are 30 days old into the owners' shares and the platform's fees.
    function mature(address token) external;
    /// Accountant; counts after 24 hours. Leaves: OpenZeppelin's double hash of (uint256 chainId, address marketplace, address token, address account, uint256 cumulative).
    function proposeEarningsRoot(address token, bytes32 root, uint256 total) external;
    /// Anyone; pays the account what it has not claimed of its cumulative earnings.
    function claimEarnings(address token, address account, uint256 cumulative, bytes32[] calldata proof) external;
    /// Admin.
    function withdrawPlatformFees(address token, address to, uint256 amount) external;

    /// All zero when the region was never listed.
    function listing(uint32 regionId) external view returns (Listing memory);
    /// Kind `None` when there is no such order.
    function order(bytes32 orderId) external view returns (Order memory);
    /// Those being removed included.
    function readers(bytes32 orderId) external view returns (address[] memory);
    /// Unix second until which the order's releases are readable once opened.
    function readableUntil(bytes32 orderId) external view returns (uint64);
    /// Blocks that a purchase must be deep before `openOrder` works.
    function confirmations() external view returns (uint64);
    /// Releases that can be sold by card in a UTC day.
    function dailyCardCap() external view returns (uint32);
    /// As of the last movement; `mature` brings it up to date.
    function account(address token) external view returns (Account memory);
    /// The pending one becomes the active one with the first movement after its `activeAt`.
    function earningsRoots(address token) external view returns (EarningsRoot memory active, EarningsRoot memory pending);
    /// All that the account has claimed.
    function earningsClaimed(address token, address account) external view returns (uint256);
}
