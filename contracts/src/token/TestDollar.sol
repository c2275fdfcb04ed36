// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.27;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title Test dollar
/// @notice Worthless token for trying the marketplace on chain 31337: six decimals, ERC-2612 permit, free for everybody.
contract TestDollar is ERC20, ERC20Permit {
    error LocalChainOnly(uint256 chainId);

    /// @notice Refuses every chain but 31337.
    constructor() ERC20("Test Dollar", "tUSD") ERC20Permit("Test Dollar") {
        if (block.chainid != 31337) revert LocalChainOnly(block.chainid);
    }

    /// @notice Makes tokens for an account. Anyone, any amount.
    function mint(address account, uint256 amount) external {
        _mint(account, amount);
    }

    /// @notice Six, as of most dollar tokens. Anyone.
    function decimals() public pure override returns (uint8) {
        return 6;
    }
}
