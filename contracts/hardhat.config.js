// Hardhat 2 with Zama's mock coprocessor. The compiler is npm's `solc` (soljson), so nothing is downloaded.
require("@nomicfoundation/hardhat-ethers");
require("@fhevm/hardhat-plugin");
const { subtask, task } = require("hardhat/config");
const { TASK_COMPILE, TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD, TASK_TEST } = require("hardhat/builtin-tasks/task-names");

const SOLC_VERSION = "0.8.27";
/** Largest gas of one transaction since Fusaka (EIP-7825). */
const TRANSACTION_GAS_MAX = 16_777_216;

subtask(TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD, async ({ solcVersion }) => {
  const { version } = require("solc/package.json");
  if (solcVersion !== version) throw new Error(`solc ${solcVersion} was asked for, npm has ${version}: pin package.json to it`);
  return {
    compilerPath: require.resolve("solc/soljson.js"),
    isSolcJs: true,
    version,
    longVersion: require("solc").version(),
  };
});

task("bench", "Measures gas and HCU of the contracts' acts, one JSON object a line").setAction(async (_, { config, run }) => {
  config.mocha.reporter = "base";
  await run(TASK_COMPILE, { quiet: true });
  await run(TASK_TEST, { noCompile: true, testFiles: ["bench/contracts.bench.js"] });
});

/** @type {import("hardhat/config").HardhatUserConfig} */
module.exports = {
  solidity: {
    version: SOLC_VERSION,
    settings: {
      optimizer: { enabled: true, runs: 200 },
      evmVersion: "cancun",
      viaIR: true,
      metadata: { bytecodeHash: "none" },
      // Tests look at the counters' storage and at the compiled call sites.
      outputSelection: { "*": { "*": ["storageLayout"], "": ["ast"] } },
    },
  },
  paths: { sources: "src" },
  networks: {
    hardhat: {
      chainId: 31337,
      hardfork: "osaka",
      allowUnlimitedContractSize: false,
      blockGasLimit: TRANSACTION_GAS_MAX,
      gas: TRANSACTION_GAS_MAX,
    },
  },
  mocha: { timeout: 240_000 },
};
