// Time, receipts and reverts on Hardhat's network.
const assert = require("node:assert/strict");
const { ethers, network } = require("hardhat");

/** Unix second of the newest block. */
async function now() {
  return (await ethers.provider.getBlock("latest")).timestamp;
}

/** Mines a block at a unix second, which must not lie in the past. */
async function travelTo(unixSeconds) {
  await network.provider.send("evm_setNextBlockTimestamp", [Number(unixSeconds)]);
  await network.provider.send("evm_mine");
}

async function travel(seconds) {
  await travelTo((await now()) + seconds);
}

/** Mines blocks without letting much time pass. */
async function mine(blocks) {
  await network.provider.send("hardhat_mine", [`0x${blocks.toString(16)}`]);
}

/** Waits for a transaction and returns its receipt. */
async function sent(transaction) {
  return (await transaction).wait();
}

/** Events of one name that a contract emitted in a receipt. */
function eventsOf(receipt, contract, name) {
  return receipt.logs
    .filter((log) => log.address === contract.target)
    .map((log) => contract.interface.parseLog(log))
    .filter((event) => event?.name === name);
}

function revertDataOf(error) {
  for (let inner = error; inner; inner = inner.cause ?? inner.error ?? inner.info?.error) {
    const data = inner.data?.data ?? inner.data;
    if (typeof data === "string" && data.startsWith("0x")) return data;
  }
  return undefined;
}

/**
 * Asserts that a call or transaction reverts with a custom error that `contract` knows.
 * @param {Promise<unknown>} attempt
 * @param {import("ethers").BaseContract | import("ethers").Interface} contract
 * @param {string} name
 * @param {unknown[]} [args] Expected arguments, compared as strings; left out means any.
 */
async function assertReverts(attempt, contract, name, args) {
  const error = await Promise.resolve(attempt).then(
    () => assert.fail(`expected a revert with ${name}`),
    (reason) => reason
  );
  const data = revertDataOf(error);
  if (data === undefined) throw error;
  const parsed = (contract.interface ?? contract).parseError(data);
  assert.equal(parsed?.name, name, `reverted with ${parsed?.name ?? data}`);
  if (args) assert.deepEqual([...parsed.args].map(String), args.map(String));
}

module.exports = { assertReverts, eventsOf, mine, now, sent, travel, travelTo };
