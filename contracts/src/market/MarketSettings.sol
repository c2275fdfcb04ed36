// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.27;

import {AccessControlDefaultAdminRules} from "@openzeppelin/contracts/access/extensions/AccessControlDefaultAdminRules.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {ITrafficDataMarketplace} from "../interfaces/ITrafficDataMarketplace.sol";

/// @title Settings of the marketplace
/// @notice Pausing, finality and the cap that bounds a stolen seller key. All of it is public.
/// @dev Its fields share one slot with the pause flag, which every opening reads.
abstract contract MarketSettings is ITrafficDataMarketplace, AccessControlDefaultAdminRules, Pausable {
    /// @notice May pause and resume.
    bytes32 public constant PAUSER_ROLE = keccak256("PAUSER_ROLE");

    uint256 private constant LOCAL_CHAIN = 31337;
    /// Depth at which a block of Ethereum counts as final for releases.
    uint64 private constant CONFIRMATIONS = 95;
    uint32 private constant DAILY_CARD_CAP = 10_000;
    /// Time between the two steps of handing over the admin role.
    uint48 private constant ADMIN_DELAY = 1 days;

    uint64 private _confirmations;
    uint32 private _dailyCardCap;
    uint32 private _cardDay;
    uint32 private _cardReleases;

    /// @notice The admin grants the other roles and can hand over its own in two steps. Confirmations begin at 95 blocks, at none on chain
    /// 31337; the cap of card orders at 10,000 releases a day.
    constructor(address admin) AccessControlDefaultAdminRules(ADMIN_DELAY, admin) {
        _setConfirmations(block.chainid == LOCAL_CHAIN ? 0 : CONFIRMATIONS);
        _setDailyCardCap(DAILY_CARD_CAP);
    }

    /// @notice Sets how many blocks deep a purchase must be before its releases are opened. Only the admin.
    /// WARNING: too few on a chain that reorganises would open a release whose noise may be drawn again.
    function setConfirmations(uint64 confirmations_) external onlyRole(DEFAULT_ADMIN_ROLE) {
        _setConfirmations(confirmations_);
    }

    /// @notice Sets how many releases can be sold by card in a UTC day. Only the admin.
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

    /// @notice Blocks that a purchase must be deep before its releases are opened. Anyone.
    function confirmations() public view returns (uint64) {
        return _confirmations;
    }

    /// @notice Releases that can be sold by card in a UTC day. Anyone.
    function dailyCardCap() external view returns (uint32) {
        return _dailyCardCap;
    }

    /// @dev Counts releases sold by card today. Reverts with `DailyCapReached`.
    function _countTowardsCap(uint256 releases) internal {
        uint32 today = uint32(block.timestamp / 1 days);
        uint256 sold = (_cardDay == today ? _cardReleases : 0) + releases;
        if (sold > _dailyCardCap) revert DailyCapReached(_dailyCardCap);
        _cardDay = today;
        _cardReleases = uint32(sold);
    }

    /// @dev Writes and tells.
    function _setConfirmations(uint64 confirmations_) private {
        _confirmations = confirmations_;
        emit ConfirmationsSet(confirmations_);
    }

    /// @dev Writes and tells.
    function _setDailyCardCap(uint32 releases) private {
        _dailyCardCap = releases;
        emit DailyCardCapSet(releases);
    }
}
