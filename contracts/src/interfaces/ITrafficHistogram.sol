// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.27;

import {euint256} from "@fhevm/solidity/lib/FHE.sol";

/// @notice Which noise law and suppression threshold a region's releases use. Constants of `GeometricNoise`.
enum NoiseProfile {
    Standard,
    Careful,
    Demo
}

/// @notice Life of one tile in one epoch. `Collecting` also covers epochs that have not begun.
enum ReleaseState {
    Collecting,
    Sealed,
    Noised,
    Published,
    Void
}

/// @notice Why one item of a batch was refused. The other items of the batch are not affected.
enum Refusal {
    None,
    UnknownRegion,
    EpochNotOpen,
    AlreadySealed,
    UnknownCover,
    TileOutsideRegion,
    WrongWordCount,
    LevelsNotIncreasing,
    LevelAboveTicket,
    WrongVehicles,
    TicketExpired,
    BadTicket,
    BadSignature,
    AddressSpent,
    InputSpent,
    InvalidProof,
    CapacityExceeded,
    /// The region's releases are imported (only on chain 31337).
    ImportOnly
}

/// @notice Parameters of a region. They never change: a new version is a new region.
struct RegionParams {
    /// Unique short name, ASCII, left-aligned.
    bytes32 slug;
    /// Unix seconds at which epoch 0 begins.
    uint64 start;
    /// Seconds of one epoch.
    uint32 epochSeconds;
    /// Seconds after an epoch's end during which contributions are still taken.
    uint32 graceSeconds;
    /// Zero, or the unix second until which every epoch that has begun stays open (studies of recorded drives).
    uint64 studyUntil;
    /// H3 resolution of the tiles.
    uint8 tileResolution;
    /// Sampling rate p in parts per million, 1 to 1,000,000.
    uint32 samplingPpm;
    /// L0: sampled visits that a vehicle may contribute in a day.
    uint16 visitsMax;
    /// Fewest distinct tickets a tile needs in an epoch; below it the tile is void.
    uint16 ticketsMin;
    NoiseProfile profile;
    /// Strictly ascending edges between the five speed classes, km/h.
    uint16[4] speedEdges;
    /// Fixed covers, each 1 to 8 H3 tiles; a partition of the region's tiles.
    uint64[][] covers;
}

/// @notice Right to one contribution, signed (EIP-712) by the ticket signer.
struct Ticket {
    address oneTimeAddress;
    uint32 regionId;
    uint32 epoch;
    /// Highest level that may be used: 0 for a single vehicle.
    uint8 maxLevel;
    /// Number of vehicles the contribution stands for, public.
    uint16 vehicles;
    uint64 expiry;
}

/// @notice One encrypted contribution, as an item of a batch.
/// A single vehicle has `tile` zero, no `levels`, one handle for each tile of `cover` and `vehicles` one.
/// A fleet has one `tile`, `cover` zero, and one handle for each of its `levels`, which are 0 to l without a gap.
struct Contribution {
    uint32 regionId;
    uint32 epoch;
    uint16 cover;
    uint64 tile;
    uint8[] levels;
    bytes32[] handles;
    uint16 vehicles;
    /// The address A that the input was encrypted for; spent by this contribution.
    address oneTimeAddress;
    /// A's EIP-712 signature over `Contribution(uint32 regionId,uint32 epoch,uint16 cover,uint64 tile,uint8[] levels,bytes32[] handles,uint16 vehicles)`.
    bytes signature;
    bytes inputProof;
    uint8 maxLevel;
    uint64 ticketExpiry;
    /// The ticket signer's EIP-712 signature over `Ticket(address oneTimeAddress,uint32 regionId,uint32 epoch,uint8 maxLevel,uint16 vehicles,uint64 expiry)`.
    bytes ticketSignature;
}

/// @notice Public facts about one tile in one epoch.
struct TileStatus {
    ReleaseState state;
    /// Accepted contributions, each with a ticket of its own.
    uint16 tickets;
    /// Sum of the accepted contributions' declared vehicles.
    uint16 vehicles;
    /// Sum over all accepted words of 2^level; at most 4,032.
    uint16 weight;
    /// Block in which the release was published, else zero.
    uint64 publishedBlock;
    /// Address through which the release is read, else zero.
    address vault;
}

/// @title Encrypted traffic histograms
/// @notice Adds encrypted words into per-cell counters, adds noise that nobody knows, suppresses small counts and publishes once.
/// EIP-712 domain: name "TrafficHistogram", version "1", this chain, this contract.
interface ITrafficHistogram {
    event RegionCreated(uint32 indexed regionId, bytes32 indexed slug, RegionParams params);
    event ContributionAccepted(
        uint32 indexed regionId,
        uint32 indexed epoch,
        address indexed oneTimeAddress,
        uint16 cover,
        uint64 tile,
        uint16 vehicles,
        uint8[] levels
    );
    event ContributionRefused(uint256 indexed item, address indexed oneTimeAddress, Refusal reason);
    event TileSealed(uint32 indexed regionId, uint32 indexed epoch, uint64 indexed tile, ReleaseState state, uint16 tickets, uint16 vehicles);
    event TileNoised(uint256 indexed releaseId);
    event ReleasePublished(uint256 indexed releaseId, address indexed vault, bytes32[] planes);
    event ReleaseOpened(uint256 indexed releaseId, address indexed reader, uint64 expiry);
    event ReleaseClosed(uint256 indexed releaseId, address indexed reader);

    error UnknownRegion(uint32 regionId);
    error SlugTaken(bytes32 slug);
    error InvalidParameter(bytes32 name);
    error InvalidTile(uint64 tile);
    error DuplicateTile(uint64 tile);
    error DemoProfileForbidden(uint256 chainId);
    error EmptyBatch();
    error BatchTooLarge(uint256 items, uint256 itemsMax);
    error TileNotInRegion(uint32 regionId, uint64 tile);
    error EpochStillOpen(uint32 regionId, uint32 epoch, uint64 closesAt);
    error WrongState(uint256 releaseId, ReleaseState expected, ReleaseState actual);
    error ExpiryTooSoon(uint64 expiry, uint64 earliest);

    /// Curator. Region ids count from 1.
    function createRegion(RegionParams calldata params) external returns (uint32 regionId);
    /// Anyone. A bad item is refused by event; the others go on.
    function contributeBatch(Contribution[] calldata items) external;
    /// Anyone after the epoch has closed; on chain 31337 the curator from its end on.
    function seal(uint32 regionId, uint64 tile, uint32 epoch) external;
    /// Anyone, once. Noise, then publish, in one transaction; goes on from `Noised` when only the second half is missing.
    function release(uint32 regionId, uint64 tile, uint32 epoch) external;
    /// Exactly one of the two halves of `release`, for chains whose limits do not hold both.
    function releaseStep(uint32 regionId, uint64 tile, uint32 epoch) external;
    /// Returns the unix second until which the reader could decrypt before; when that is late enough, nothing is done.
    function open(uint256 releaseId, address reader, uint64 expiry) external returns (uint64 before);
    /// Marketplace only, like `open`. Does nothing when the reader has no access.
    function close(uint256 releaseId, address reader) external;

    /// Ids are 1 to this.
    function regionCount() external view returns (uint32);
    /// Zero when no region has the slug.
    function regionIdOf(bytes32 slug) external view returns (uint32);
    /// Reverts with `UnknownRegion`.
    function region(uint32 regionId) external view returns (RegionParams memory);
    /// `Collecting` with zeros for anything that nobody has contributed to.
    function tileStatus(uint32 regionId, uint64 tile, uint32 epoch) external view returns (TileStatus memory);
    /// Packed as regionId << 96 | epoch << 64 | tile.
    function releaseIdOf(uint32 regionId, uint64 tile, uint32 epoch) external pure returns (uint256);
    /// Block in which the release was published; zero unless published.
    function publishedBlock(uint256 releaseId) external view returns (uint64);
    /// The masked planes, lowest first; the last one is the sign plane. Empty unless published.
    function planes(uint256 releaseId) external view returns (euint256[] memory);
    /// Unix second from which the epoch may be sealed by anyone.
    function closesAt(uint32 regionId, uint32 epoch) external view returns (uint64);
    /// Whether the address has contributed, in whatever region and epoch.
    function isSpent(address oneTimeAddress) external view returns (bool);
    /// Unix second until which the reader may decrypt the release; zero when it was never opened or was closed.
    function openUntil(uint256 releaseId, address reader) external view returns (uint64);
    /// EIP-712 digest that the ticket signer signs.
    function ticketDigest(Ticket calldata ticket) external view returns (bytes32);
    /// Noise digits (numerators over 2^t), t, and threshold k of a profile.
    function noiseProfile(NoiseProfile profile) external pure returns (uint32[] memory digits, uint8 precisionBits, uint16 threshold);
}
