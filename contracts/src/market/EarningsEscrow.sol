// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.27;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Account, EarningsRoot} from "../interfaces/ITrafficDataMarketplace.sol";
import {MarketSettings} from "./MarketSettings.sol";

/// @title Escrow of payments and of the owners' earnings
/// @notice A payment is held for 30 days after its day; then one fifth is the platform's and the rest the owners'. Owners claim by Merkle
/// proofs of cumulative earnings; what all of them together can claim never exceeds their share, whatever a root says.
/// @dev For every token: balance = held + shares - claimed + fees, and held is the sum of the days that have not matured.
abstract contract EarningsEscrow is MarketSettings, ReentrancyGuard {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;

    /// @notice May propose earnings roots.
    bytes32 public constant ACCOUNTANT_ROLE = keccak256("ACCOUNTANT_ROLE");
    /// @notice The platform's part of a payment, basis points.
    uint256 public constant PLATFORM_FEE_BPS = 2_000;
    /// @notice How long a payment can be given back before it is shared out.
    uint256 public constant HOLDING_PERIOD = 30 days;
    /// @notice How long a proposed root can be looked at before it counts.
    uint256 public constant ROOT_DELAY = 24 hours;
    uint256 internal constant BPS = 10_000;
    /// Days that one call moves on at most, so that it fits a transaction after years without one.
    uint256 private constant DAYS_MAX = 1_000;

    mapping(address token => Account) private _accounts;
    /// Payments by the UTC day they came in.
    mapping(address token => mapping(uint256 day => uint256)) private _sales;
    /// First day that has not matured.
    mapping(address token => uint256) private _nextDay;
    mapping(address token => EarningsRoot) private _activeRoots;
    mapping(address token => EarningsRoot) private _pendingRoots;
    mapping(address token => mapping(address account => uint256)) private _claimed;

    /// @notice Moves payments that are 30 days old out of the holding. Anyone.
    /// @dev At most 1,000 days a call. The fee rounds down, per day; the owners keep the remainder.
    function mature(address token) external {
        _mature(token);
    }

    /// @notice Proposes the owners' cumulative earnings in a token; counts 24 hours later and replaces a proposal that does not count yet.
    /// Only the accountant.
    /// @dev Reverts with `RootExceedsShares` when the total is more than the owners' share of payments older than 30 days.
    /// WARNING: the leaves' truth is not checked here, only their sum is bounded: the delay is for others to recompute the root and pause.
    /// @param total Sum of all leaves.
    function proposeEarningsRoot(address token, bytes32 root, uint256 total) external onlyRole(ACCOUNTANT_ROLE) whenNotPaused {
        _mature(token);
        _activateRoot(token);
        uint256 shares = _accounts[token].shares;
        if (total > shares) revert RootExceedsShares(total, shares);
        uint64 activeAt = (block.timestamp + ROOT_DELAY).toUint64();
        _pendingRoots[token] = EarningsRoot(root, total, activeAt);
        emit EarningsRootProposed(token, root, total, activeAt);
    }

    /// @notice Pays out what an account has earned and not claimed. Anyone; the money goes to the account. Reveals account and amount.
    /// @dev Reverts with `BadProof`, `NothingToClaim`, and `RootExceedsShares` when the root's leaves add up to more than its total.
    /// @param cumulative All that the account has ever earned in the token, as in its leaf.
    function claimEarnings(
        address token,
        address account_,
        uint256 cumulative,
        bytes32[] calldata proof
    ) external whenNotPaused nonReentrant {
        _activateRoot(token);
        EarningsRoot storage active = _activeRoots[token];
        bytes32 leaf = keccak256(
            bytes.concat(keccak256(abi.encode(block.chainid, address(this), token, account_, cumulative)))
        );
        if (active.activeAt == 0 || !MerkleProof.verifyCalldata(proof, active.root, leaf)) revert BadProof();
        uint256 already = _claimed[token][account_];
        if (cumulative <= already) revert NothingToClaim();
        uint256 amount = cumulative - already;
        uint256 claimed = _accounts[token].claimed + amount;
        if (claimed > active.total) revert RootExceedsShares(claimed, active.total);
        _claimed[token][account_] = cumulative;
        _accounts[token].claimed = claimed.toUint128();
        emit EarningsClaimed(token, account_, amount);
        IERC20(token).safeTransfer(account_, amount);
    }

    /// @notice Pays out the platform's fees of payments older than 30 days. Only the admin.
    /// @dev Reverts with `InsufficientFees`.
    function withdrawPlatformFees(
        address token,
        address to,
        uint256 amount
    ) external onlyRole(DEFAULT_ADMIN_ROLE) whenNotPaused nonReentrant {
        _mature(token);
        Account storage money = _accounts[token];
        if (amount > money.fees) revert InsufficientFees(money.fees, amount);
        money.fees -= uint128(amount);
        emit PlatformFeesWithdrawn(token, to, amount);
        IERC20(token).safeTransfer(to, amount);
    }

    /// @notice What the marketplace holds in a token, as of the last movement. Anyone.
    function account(address token) external view returns (Account memory) {
        return _accounts[token];
    }

    /// @notice The root that counts (or will with the next movement) and the one that waits. Anyone.
    function earningsRoots(
        address token
    ) external view returns (EarningsRoot memory active, EarningsRoot memory pending) {
        return (_activeRoots[token], _pendingRoots[token]);
    }

    /// @notice All that an account has claimed in a token. Anyone.
    function earningsClaimed(address token, address account_) external view returns (uint256) {
        return _claimed[token][account_];
    }

    /// @dev Takes a payment from the buyer into the holding. Reverts with `WrongAmountReceived` for tokens that keep a part.
    function _collect(address token, address buyer, uint256 amount) internal {
        Account storage money = _accounts[token];
        uint256 today = block.timestamp / 1 days;
        // Nothing is held: the days before today need not be walked through.
        if (money.held == 0) _nextDay[token] = today;
        money.held = (money.held + amount).toUint128();
        _sales[token][today] += amount;
        uint256 before = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransferFrom(buyer, address(this), amount);
        uint256 received = IERC20(token).balanceOf(address(this)) - before;
        if (received != amount) revert WrongAmountReceived(received, amount);
    }

    /// @dev Gives a payment back to the buyer. Once it has matured it comes from what no root has given to the owners, the rest of it from the
    /// platform's fees; nothing of what an owner may claim is ever taken.
    /// @return enough False, with nothing changed, when fees and unassigned shares do not suffice.
    function _giveBack(address token, address buyer, uint256 amount, uint256 paidAt) internal returns (bool enough) {
        Account storage money = _accounts[token];
        uint256 day = paidAt / 1 days;
        if (day >= _nextDay[token]) {
            _sales[token][day] -= amount;
            money.held -= uint128(amount);
        } else {
            uint256 fromShares = Math.min(amount - _feeOf(amount), _unassigned(token));
            if (amount - fromShares > money.fees) return false;
            money.shares -= uint128(fromShares);
            money.fees -= uint128(amount - fromShares);
        }
        IERC20(token).safeTransfer(buyer, amount);
        return true;
    }

    /// @dev Walks over the days that have become 30 days old. Stops when all that is held has been found.
    function _mature(address token) private {
        Account storage money = _accounts[token];
        uint256 day = _nextDay[token];
        uint256 last = day + DAYS_MAX;
        uint256 held = money.held;
        uint256 fees;
        uint256 sold;
        for (; day < last && sold < held && (day + 1) * 1 days + HOLDING_PERIOD <= block.timestamp; ++day) {
            uint256 amount = _sales[token][day];
            if (amount == 0) continue;
            sold += amount;
            fees += _feeOf(amount);
            delete _sales[token][day];
        }
        _nextDay[token] = day;
        if (sold == 0) return;
        money.held = (held - sold).toUint128();
        money.fees = (money.fees + fees).toUint128();
        money.shares = (money.shares + sold - fees).toUint128();
    }

    /// @dev Makes the pending root count once its delay is over.
    function _activateRoot(address token) private {
        EarningsRoot memory pending = _pendingRoots[token];
        if (pending.activeAt == 0 || block.timestamp < pending.activeAt) return;
        _activeRoots[token] = pending;
        delete _pendingRoots[token];
    }

    /// @dev Owners' share that neither a root, active or pending, nor a claim has disposed of.
    function _unassigned(address token) private view returns (uint256) {
        uint256 assigned = Math.max(_activeRoots[token].total, _pendingRoots[token].total);
        return _accounts[token].shares - Math.max(assigned, _accounts[token].claimed);
    }

    /// @dev Rounds down: the owners keep the remainder.
    function _feeOf(uint256 amount) private pure returns (uint256) {
        return (amount * PLATFORM_FEE_BPS) / BPS;
    }
}
