// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.27;

import {IACL} from "@fhevm/solidity/lib/Impl.sol";

/// @title Address through which one release is read
/// @notice The published planes of a release are allowed to a clone of this contract, which can do one thing with them: delegate their user
/// decryption to a reader, for a time. The reader can decrypt and nothing else; an allowance of its own would let it hand the planes on or
/// make them public for ever.
/// @dev Minimal clones (ERC-1167) share this code and its immutables; nothing is stored.
contract ReleaseVault {
    /// @notice The histogram contract, which alone may use the vault. Context contract of every delegation.
    address public immutable histogram;
    /// @notice The host chain's access control list.
    IACL public immutable acl;

    /// @notice Somebody else tried to use the vault.
    error OnlyHistogram(address caller);

    /// @dev Reverts with `OnlyHistogram` for every other caller.
    modifier onlyHistogram() {
        if (msg.sender != histogram) revert OnlyHistogram(msg.sender);
        _;
    }

    /// @notice The deployer becomes the histogram contract.
    constructor(IACL acl_) {
        histogram = msg.sender;
        acl = acl_;
    }

    /// @notice Lets a reader decrypt the release until a time. Only the histogram contract. Reveals reader and expiry.
    /// @dev The ACL reverts for an expiry less than an hour ahead or unchanged, and for a second change in one block.
    function open(address reader, uint64 expiry) external onlyHistogram {
        acl.delegateForUserDecryption(reader, histogram, expiry);
    }

    /// @notice Ends a reader's access. Only the histogram contract.
    /// @dev The ACL reverts when there is none, and for a second change in one block. What was decrypted before stays known.
    function close(address reader) external onlyHistogram {
        acl.revokeDelegationForUserDecryption(reader, histogram);
    }
}
