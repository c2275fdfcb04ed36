// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.27;

import {AccessControlDefaultAdminRules} from "@openzeppelin/contracts/access/extensions/AccessControlDefaultAdminRules.sol";
import {BitSlicedCounter} from "../libraries/BitSlicedCounter.sol";
import {H3Tile} from "../libraries/H3Tile.sol";
import {ITrafficHistogram, NoiseProfile, RegionParams} from "../interfaces/ITrafficHistogram.sol";

/// @title Regions and their parameters
/// @notice A region's parameters are written once and never change. All of them are public.
abstract contract Regions is ITrafficHistogram, AccessControlDefaultAdminRules {
    /// @notice May create regions.
    bytes32 public constant CURATOR_ROLE = keccak256("CURATOR_ROLE");

    /// Tiles that one encrypted input holds a word for (2,048 bits).
    uint256 internal constant COVER_TILES_MAX = 8;
    /// Fewest tiles of a cover outside the demo profile: a smaller set would tell too well where its contributors were.
    uint256 private constant COVER_TILES_MIN = 4;
    /// Fewest tickets a tile needs outside the demo profile.
    uint256 private constant TICKETS_MIN = 20;
    /// Chain on which everything is for trying only.
    uint256 internal constant LOCAL_CHAIN = 31337;
    /// Bounds that keep every time computed from them inside 64 bits.
    uint256 private constant SECONDS_MAX = 366 days;

    /// @dev The first slot holds all that a contribution or a seal needs.
    struct Region {
        uint64 start;
        uint32 epochSeconds;
        uint32 graceSeconds;
        uint64 studyUntil;
        uint16 visitsMax;
        uint16 ticketsMin;
        uint16 coverCount;
        uint8 tileResolution;
        NoiseProfile profile;
        bytes32 slug;
        uint32 samplingPpm;
        uint64 speedEdges;
    }

    uint32 private _regionCount;
    mapping(uint32 regionId => Region) private _regions;
    mapping(bytes32 slug => uint32 regionId) private _regionIds;
    /// Tiles of a cover; those beyond its last are zero.
    mapping(uint32 regionId => mapping(uint256 cover => uint64[COVER_TILES_MAX])) private _covers;
    /// One more than the cover of a tile, by regionId << 64 | tile; zero for tiles outside the region.
    mapping(uint256 regionTile => uint256) private _coverOfTile;

    /// @notice Creates a region. Only the curator. Reveals all parameters, in storage and in the event.
    /// @dev Reverts with `SlugTaken`, `DemoProfileForbidden` off chain 31337, `InvalidTile` for pentagons, other resolutions and malformed
    /// indexes, `DuplicateTile`, or `InvalidParameter` naming the field. Some 400 tiles fit a transaction: split larger areas.
    /// WARNING: there is no way to change or delete a region.
    /// @param params All parameters.
    /// @return regionId Counted from 1.
    function createRegion(RegionParams calldata params) external onlyRole(CURATOR_ROLE) returns (uint32 regionId) {
        if (_regionIds[params.slug] != 0) revert SlugTaken(params.slug);
        _validateNames(params);
        _validateTimes(params);
        _validatePrivacy(params);
        regionId = ++_regionCount;
        _regionIds[params.slug] = regionId;
        _regions[regionId] = Region({
            start: params.start,
            epochSeconds: params.epochSeconds,
            graceSeconds: params.graceSeconds,
            studyUntil: params.studyUntil,
            visitsMax: params.visitsMax,
            ticketsMin: params.ticketsMin,
            coverCount: uint16(params.covers.length),
            tileResolution: params.tileResolution,
            profile: params.profile,
            slug: params.slug,
            samplingPpm: params.samplingPpm,
            speedEdges: _packEdges(params.speedEdges)
        });
        for (uint256 cover; cover < params.covers.length; ++cover) _storeCover(regionId, cover, params);
        // What stands in storage, so that event and view can't differ.
        emit RegionCreated(regionId, params.slug, _paramsOf(regionId));
    }

    /// @notice Number of regions; their ids are 1 to this. Anyone.
    function regionCount() external view returns (uint32) {
        return _regionCount;
    }

    /// @notice Id of a slug, zero when there is none. Anyone.
    function regionIdOf(bytes32 slug) external view returns (uint32) {
        return _regionIds[slug];
    }

    /// @notice All parameters of a region. Anyone. Reverts with `UnknownRegion`.
    function region(uint32 regionId) external view returns (RegionParams memory) {
        return _paramsOf(regionId);
    }

    /// @notice Unix second from which an epoch may be sealed by anyone: its end plus the grace, or the study's end when that is later.
    /// Anyone. Reverts with `UnknownRegion`.
    function closesAt(uint32 regionId, uint32 epoch) external view returns (uint64) {
        return _closesAt(_region(regionId), epoch);
    }

    /// @dev All parameters, read back from storage.
    function _paramsOf(uint32 regionId) private view returns (RegionParams memory params) {
        Region storage self = _region(regionId);
        uint64[][] memory covers = new uint64[][](self.coverCount);
        for (uint256 cover; cover < covers.length; ++cover) covers[cover] = _tilesOf(regionId, cover);
        uint64 edges = self.speedEdges;
        params = RegionParams({
            slug: self.slug,
            start: self.start,
            epochSeconds: self.epochSeconds,
            graceSeconds: self.graceSeconds,
            studyUntil: self.studyUntil,
            tileResolution: self.tileResolution,
            samplingPpm: self.samplingPpm,
            visitsMax: self.visitsMax,
            ticketsMin: self.ticketsMin,
            profile: self.profile,
            speedEdges: [uint16(edges), uint16(edges >> 16), uint16(edges >> 32), uint16(edges >> 48)],
            covers: covers
        });
    }

    /// @dev The region, or a revert with `UnknownRegion`.
    function _region(uint32 regionId) internal view returns (Region storage self) {
        self = _regions[regionId];
        if (self.epochSeconds == 0) revert UnknownRegion(regionId);
    }

    /// @dev The region's storage without a check; `epochSeconds` is zero when it does not exist.
    function _regionUnchecked(uint32 regionId) internal view returns (Region storage) {
        return _regions[regionId];
    }

    /// @dev Unix second at which an epoch begins.
    function _startOf(Region memory self, uint32 epoch) internal pure returns (uint256) {
        return uint256(self.start) + uint256(epoch) * self.epochSeconds;
    }

    /// @dev Unix second from which an epoch takes no more contributions.
    function _closesAt(Region memory self, uint32 epoch) internal pure returns (uint64) {
        uint256 close = _startOf(self, epoch) + self.epochSeconds + self.graceSeconds;
        return close < self.studyUntil ? self.studyUntil : uint64(close);
    }

    /// @dev Tiles of a cover, without padding.
    function _tilesOf(uint32 regionId, uint256 cover) internal view returns (uint64[] memory tiles) {
        uint64[COVER_TILES_MAX] memory padded = _covers[regionId][cover];
        uint256 length;
        while (length < COVER_TILES_MAX && padded[length] != 0) ++length;
        tiles = new uint64[](length);
        for (uint256 i; i < length; ++i) tiles[i] = padded[i];
    }

    /// @dev Whether the tile belongs to the region, and in which cover it lies.
    function _coverOf(uint32 regionId, uint64 tile) internal view returns (bool inRegion, uint16 cover) {
        uint256 found = _coverOfTile[(uint256(regionId) << 64) | tile];
        return found == 0 ? (false, 0) : (true, uint16(found - 1));
    }

    /// @dev Checks and writes one cover. Reverts with `InvalidParameter`, `InvalidTile` or `DuplicateTile`.
    function _storeCover(uint32 regionId, uint256 cover, RegionParams calldata params) private {
        uint64[] calldata tiles = params.covers[cover];
        uint256 least = params.profile == NoiseProfile.Demo ? 1 : COVER_TILES_MIN;
        if (tiles.length < least || tiles.length > COVER_TILES_MAX) revert InvalidParameter("covers");
        uint64[COVER_TILES_MAX] memory padded;
        for (uint256 i; i < tiles.length; ++i) {
            uint64 tile = tiles[i];
            if (!H3Tile.isHexagon(tile, params.tileResolution)) revert InvalidTile(tile);
            uint256 key = (uint256(regionId) << 64) | tile;
            if (_coverOfTile[key] != 0) revert DuplicateTile(tile);
            _coverOfTile[key] = cover + 1;
            padded[i] = tile;
        }
        _covers[regionId][cover] = padded;
    }

    /// @dev Slug (lower case letters, digits and hyphens, then zeros), resolution, number of covers.
    function _validateNames(RegionParams calldata params) private pure {
        bool ended;
        for (uint256 i; i < 32; ++i) {
            bytes1 c = params.slug[i];
            bool named = (c >= "a" && c <= "z") || (c >= "0" && c <= "9") || c == "-";
            if (c == 0 && i != 0) ended = true;
            else if (!named || ended) revert InvalidParameter("slug");
        }
        if (params.tileResolution > H3Tile.RESOLUTION_MAX) revert InvalidParameter("tileResolution");
        if (params.covers.length == 0 || params.covers.length > type(uint16).max) revert InvalidParameter("covers");
    }

    /// @dev Times and speed edges. The bounds keep every time that is computed from them inside 64 bits.
    function _validateTimes(RegionParams calldata params) private pure {
        if (params.start > type(uint40).max) revert InvalidParameter("start");
        if (params.epochSeconds == 0 || params.epochSeconds > SECONDS_MAX) revert InvalidParameter("epochSeconds");
        if (params.graceSeconds > SECONDS_MAX) revert InvalidParameter("graceSeconds");
        bool endsInTime = params.studyUntil > params.start && params.studyUntil <= type(uint40).max;
        if (params.studyUntil != 0 && !endsInTime) revert InvalidParameter("studyUntil");
        uint16[4] calldata edges = params.speedEdges;
        bool ascending = edges[0] != 0 && edges[0] < edges[1] && edges[1] < edges[2] && edges[2] < edges[3];
        if (!ascending) revert InvalidParameter("speedEdges");
    }

    /// @dev Profile, sampling, clipping and fewest tickets.
    function _validatePrivacy(RegionParams calldata params) private view {
        bool demo = params.profile == NoiseProfile.Demo;
        if (demo && block.chainid != LOCAL_CHAIN) revert DemoProfileForbidden(block.chainid);
        if (params.samplingPpm == 0 || params.samplingPpm > 1_000_000) revert InvalidParameter("samplingPpm");
        if (params.visitsMax == 0) revert InvalidParameter("visitsMax");
        uint256 least = demo ? 1 : TICKETS_MIN;
        if (params.ticketsMin < least || params.ticketsMin > BitSlicedCounter.WEIGHT_MAX) revert InvalidParameter("ticketsMin");
    }

    /// @dev Four edges in one number, the lowest first.
    function _packEdges(uint16[4] calldata edges) private pure returns (uint64) {
        return uint64(edges[0]) | (uint64(edges[1]) << 16) | (uint64(edges[2]) << 32) | (uint64(edges[3]) << 48);
    }
}
