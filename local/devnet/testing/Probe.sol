// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.27;

interface IExecutor {
    function verifyInput(bytes32 inputHandle, address userAddress, bytes calldata inputProof, uint8 inputType) external returns (bytes32);
}

interface IAccessList {
    function allow(bytes32 handle, address account) external;
    function allowForDecryption(bytes32[] calldata handles) external;
    function delegateForUserDecryption(address delegate, address target, uint64 expiry) external;
    function revokeDelegationForUserDecryption(address delegate, address target) external;
}

interface IKmsVerifier {
    function verifyDecryptionEIP712KMSSignatures(bytes32[] calldata handles, bytes calldata result, bytes calldata proof) external returns (bool);
}

IExecutor constant EXECUTOR = IExecutor(0xe3a9105a3a932253A70F126eb1E3b589C643dD24);
IAccessList constant ACCESS_LIST = IAccessList(0x50157CFfD6bBFA2DECe204a89ec419c23ef5755D);
IKmsVerifier constant KMS_VERIFIER = IKmsVerifier(0x901F8942346f7AB3a01F6D7613119Bca447Bb030);

/// @notice Reads for a contract, as a release vault does.
contract ProbeVault {
    function open(address reader, address target, uint64 expiry) external {
        ACCESS_LIST.delegateForUserDecryption(reader, target, expiry);
    }

    function close(address reader, address target) external {
        ACCESS_LIST.revokeDelegationForUserDecryption(reader, target);
    }
}

/// @notice Does whatever a test asks with ciphertexts, and says which handle came of it. For tests only.
contract Probe {
    event Made(bytes32 handle);

    error Failed(bytes reason);

    /// @notice Takes the sender's input.
    function take(bytes32 handle, bytes calldata proof, uint8 fheType, address[] calldata readers) external {
        _keep(EXECUTOR.verifyInput(handle, msg.sender, proof, fheType), readers);
    }

    /// @notice Calls the executor once.
    function compute(bytes calldata call, address[] calldata readers) external {
        (bool success, bytes memory answer) = address(EXECUTOR).call(call);
        if (!success) revert Failed(answer);
        _keep(abi.decode(answer, (bytes32)), readers);
    }

    /// @notice Calls the executor once and keeps nothing.
    function waste(bytes calldata call) external {
        (bool success, bytes memory answer) = address(EXECUTOR).call(call);
        if (!success) revert Failed(answer);
        emit Made(abi.decode(answer, (bytes32)));
    }

    function makePublic(bytes32[] calldata handles) external {
        ACCESS_LIST.allowForDecryption(handles);
    }

    /// @notice Whether the key manager signed that the handles decrypt to the result.
    function check(bytes32[] calldata handles, bytes calldata result, bytes calldata proof) external returns (bool) {
        return KMS_VERIFIER.verifyDecryptionEIP712KMSSignatures(handles, result, proof);
    }

    function _keep(bytes32 handle, address[] calldata readers) private {
        ACCESS_LIST.allow(handle, address(this));
        for (uint256 i = 0; i < readers.length; i++) ACCESS_LIST.allow(handle, readers[i]);
        emit Made(handle);
    }
}
