// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.27;

import {euint256} from "@fhevm/solidity/lib/FHE.sol";
import {FheType} from "@fhevm/solidity/lib/FheType.sol";
import {IFHEVMExecutor, Impl} from "@fhevm/solidity/lib/Impl.sol";

/// @title Gates over encrypted words
/// @notice The bitwise operations that the histograms are made of. `FHE` would take an empty handle for an encryption of zero; a counter
/// never has one, so here the executor refuses it as a fault. Results are allowed to the calling contract, for this transaction only.
/// @dev All gates of two operands share one call site: it keeps the histogram contract within the 24,576 bytes of a contract's code.
library Gates {
    bytes1 private constant ENCRYPTED = 0x00;
    bytes1 private constant PUBLIC = 0x01;

    /// @notice Bits set in both words.
    function and(euint256 a, euint256 b) internal returns (euint256) {
        return _gate(_executor().fheBitAnd, a, euint256.unwrap(b), ENCRYPTED);
    }

    /// @notice Bits of the word that are set in a public constant.
    function keep(euint256 a, uint256 bits) internal returns (euint256) {
        return _gate(_executor().fheBitAnd, a, bytes32(bits), PUBLIC);
    }

    /// @notice Bits set in either word.
    function or(euint256 a, euint256 b) internal returns (euint256) {
        return _gate(_executor().fheBitOr, a, euint256.unwrap(b), ENCRYPTED);
    }

    /// @notice Bits set in exactly one of the words.
    function xor(euint256 a, euint256 b) internal returns (euint256) {
        return _gate(_executor().fheBitXor, a, euint256.unwrap(b), ENCRYPTED);
    }

    /// @notice The word moved towards its highest bit, zeros following.
    function shiftUp(euint256 a, uint8 places) internal returns (euint256) {
        return _gate(_executor().fheShl, a, bytes32(uint256(places)), PUBLIC);
    }

    /// @notice The word moved towards its lowest bit, zeros following.
    function shiftDown(euint256 a, uint8 places) internal returns (euint256) {
        return _gate(_executor().fheShr, a, bytes32(uint256(places)), PUBLIC);
    }

    /// @notice All bits turned over.
    function not(euint256 a) internal returns (euint256) {
        return euint256.wrap(_executor().fheNot(euint256.unwrap(a)));
    }

    /// @notice A uniformly random word that nobody knows: its seed is public, its bits come from the network's key.
    function random() internal returns (euint256) {
        return euint256.wrap(_executor().fheRand(FheType.Uint256));
    }

    /// @notice Keeps a word usable by this contract in later transactions.
    function retain(euint256 a) internal {
        Impl.allow(euint256.unwrap(a), address(this));
    }

    /// @dev The call site of all gates of two operands; `operation` is always one of the executor's.
    function _gate(
        function(bytes32, bytes32, bytes1) external returns (bytes32) operation,
        euint256 a,
        bytes32 b,
        bytes1 kind
    ) private returns (euint256) {
        return euint256.wrap(operation(euint256.unwrap(a), b, kind));
    }

    /// @dev The network's executor, as the contract was configured at its deployment.
    function _executor() private view returns (IFHEVMExecutor) {
        return IFHEVMExecutor(Impl.getCoprocessorConfig().CoprocessorAddress);
    }
}
