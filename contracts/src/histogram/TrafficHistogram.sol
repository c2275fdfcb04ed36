// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.27;

import {FHE} from "@fhevm/solidity/lib/FHE.sol";
import {ZamaConfig} from "@fhevm/solidity/config/ZamaConfig.sol";
import {AccessControlDefaultAdminRules} from "@openzeppelin/contracts/access/extensions/AccessControlDefaultAdminRules.sol";
import {Contributions} from "./Contributions.sol";
import {Releases} from "./Releases.sol";

/// @title Encrypted traffic histograms
/// @notice Adds encrypted words into per-cell counters, adds noise that nobody knows, suppresses small counts and publishes once.
/// @dev Not upgradeable; no delegatecall, no call to a target or with data that a caller chooses, and nothing is ever made publicly
/// decryptable. `_publish` has the only allowance of a handle to another address. A test checks this on the compiled contract.
contract TrafficHistogram is Contributions, Releases {
    /// @notice May pause and resume.
    bytes32 public constant PAUSER_ROLE = keccak256("PAUSER_ROLE");
    /// Time between the two steps of handing over the admin role.
    uint48 private constant ADMIN_DELAY = 1 days;

    /// @notice The admin grants the other roles and can hand over its own in two steps. Reverts on chains without
    /// an fhEVM.
    constructor(address admin) AccessControlDefaultAdminRules(ADMIN_DELAY, admin) {
        FHE.setCoprocessor(ZamaConfig.getEthereumCoprocessorConfig());
    }

    /// @notice Stops contributions, seals, releases and openings. Only the pauser. Closing goes on working.
    function pause() external onlyRole(PAUSER_ROLE) {
        _pause();
    }

    /// @notice Resumes. Only the pauser.
    function unpause() external onlyRole(PAUSER_ROLE) {
        _unpause();
    }
}
