// A second Hardhat network with another chain id, for rules that hold on chain 31337 only. It has no coprocessor.
const hre = require("hardhat");
const { createProvider } = require("hardhat/internal/core/providers/construction");

const SEPOLIA = 11155111;

/** Signers on a chain that is not the local one. */
async function otherChain() {
  const networks = { ...hre.config.networks, hardhat: { ...hre.config.networks.hardhat, chainId: SEPOLIA } };
  const raw = await createProvider({ ...hre.config, networks }, "hardhat", hre.artifacts);
  const provider = new hre.ethers.BrowserProvider(raw, SEPOLIA, { cacheTimeout: -1 });
  const accounts = await provider.send("eth_accounts", []);
  const signers = await Promise.all(accounts.slice(0, 6).map((address) => provider.getSigner(address)));
  const deploy = async (name, args, signer = signers[0]) => {
    const { abi, bytecode } = await hre.artifacts.readArtifact(name);
    const contract = await new hre.ethers.ContractFactory(abi, bytecode, signer).deploy(...args);
    return contract.waitForDeployment();
  };
  const travelTo = async (unixSeconds) => {
    await provider.send("evm_setNextBlockTimestamp", [unixSeconds]);
    await provider.send("evm_mine", []);
  };
  return { chainId: SEPOLIA, provider, signers, deploy, travelTo };
}

module.exports = { otherChain };
