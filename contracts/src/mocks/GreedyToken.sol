// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.27;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title A token that a marketplace must not trust
/// @notice For tests only: keeps one percent of every transfer, or calls its recipient's contract back in the middle of one.
contract GreedyToken is ERC20 {
    address private _target;
    bytes private _data;

    /// @notice Begins with no tokens at all.
    constructor() ERC20("Greedy", "GRD") {}

    /// @notice Makes tokens for an account.
    function mint(address account, uint256 amount) external {
        _mint(account, amount);
    }

    /// @notice From now on every transfer calls a contract.
    function callBack(address target, bytes calldata data) external {
        (_target, _data) = (target, data);
    }

    /// @dev Burns the kept part.
    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (from == address(0) || to == address(0)) return;
        if (_target == address(0)) return _burn(to, amount / 100);
        (bool done, bytes memory answer) = _target.call(_data);
        if (done) return;
        assembly ("memory-safe") {
            revert(add(answer, 32), mload(answer))
        }
    }
}
