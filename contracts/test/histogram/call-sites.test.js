// What the compiled contracts can do at all, read off the compiler's syntax tree and the deployed code.
const assert = require("node:assert/strict");
const { artifacts, ethers } = require("hardhat");

const SOURCE = "src/histogram/TrafficHistogram.sol";
const OPCODES = { CREATE: 0xf0, CALL: 0xf1, CALLCODE: 0xf2, DELEGATECALL: 0xf4, CREATE2: 0xf5, SELFDESTRUCT: 0xff };
const aclAbi = require("@fhevm/host-contracts/artifacts/contracts/ACL.sol/ACL.json").abi;

const PUSH1 = 0x60;
const SHL = 0x1b;

/** Opcodes of code, with what they push. */
function disassemble(code) {
  const bytes = ethers.getBytes(code);
  const instructions = [];
  for (let i = 0; i < bytes.length; i++) {
    const opcode = bytes[i];
    const length = opcode >= PUSH1 && opcode <= 0x7f ? opcode - 0x5f : 0;
    const data = bytes.slice(i + 1, i + 1 + length);
    instructions.push({ opcode, value: length > 0 ? ethers.toBigInt(data) : undefined });
    i += length;
  }
  return instructions;
}

/** Function selectors that code puts in front of calldata: pushed constants moved up to a word's highest four bytes. */
function selectorsOf(instructions) {
  const words = instructions.map(({ value }, i) => {
    const [shift, shl] = [instructions[i + 1], instructions[i + 2]];
    const moved = value !== undefined && shift?.opcode === PUSH1 && shl?.opcode === SHL;
    return moved ? (value << shift.value) % 2n ** 256n : value;
  });
  const isSelector = (word) => word !== undefined && word !== 0n && word % 2n ** 224n === 0n;
  return new Set(words.filter(isSelector).map((word) => ethers.toBeHex(word >> 224n, 4)));
}

function* nodesOf(node) {
  if (Array.isArray(node)) for (const item of node) yield* nodesOf(item);
  else if (node !== null && typeof node === "object") {
    if (typeof node.nodeType === "string") yield node;
    for (const value of Object.values(node)) yield* nodesOf(value);
  }
}

/** Text of a source file that a node stands for. */
const textOf = (source, { src }) => {
  const [start, length] = src.split(":").map(Number);
  return Buffer.from(source)
    .subarray(start, start + length)
    .toString();
};

describe("TrafficHistogram: call sites of the compiled contract", () => {
  let sources;
  let compiled;
  let deployed;
  before(async () => {
    const info = await artifacts.getBuildInfo(`${SOURCE}:TrafficHistogram`);
    // Compiled together or one after the other.
    const demo = await artifacts.getBuildInfo("src/demo/DemoTrafficHistogram.sol:DemoTrafficHistogram");
    compiled = { ...demo.output.sources, ...info.output.sources };
    sources = { ...demo.input.sources, ...info.input.sources };
    deployed = (await artifacts.readArtifact("TrafficHistogram")).deployedBytecode;
  });

  /** Calls of a library's member in our own sources (mocks excluded), as "file: text". */
  const callsOf = (library, member) =>
    Object.entries(compiled)
      .filter(([file]) => file.startsWith("src/histogram/") || file.startsWith("src/libraries/"))
      .flatMap(([file, { ast }]) =>
        [...nodesOf(ast)]
          .filter((node) => node.nodeType === "FunctionCall" && node.expression.nodeType === "MemberAccess")
          .filter(({ expression }) => expression.memberName === member && expression.expression.name === library)
          .map((node) => `${file.slice(4)}: ${textOf(sources[file].content, node)}`)
      );

  /** Calls of an internal function in all our own sources, as "file: text". */
  const callsTo = (name) =>
    Object.entries(compiled)
      .filter(([file]) => file.startsWith("src/"))
      .flatMap(([file, { ast }]) =>
        [...nodesOf(ast)]
          .filter((node) => node.nodeType === "FunctionCall" && node.expression.name === name)
          .map((node) => `${file.slice(4)}: ${textOf(sources[file].content, node)}`)
      )
      .sort();

  it("a handle is allowed to the contract itself in one place, and to another address in one place: the vault, in _publish", () => {
    const calls = ["FHE", "Impl"].flatMap((library) =>
      ["allow", "allowThis", "allowTransient"].flatMap((member) => callsOf(library, member))
    );
    assert.deepEqual(calls.sort(), [
      "histogram/Releases.sol: Impl.allow(handles[i], vault)",
      "libraries/Gates.sol: Impl.allow(euint256.unwrap(a), address(this))",
    ]);
    const { ast } = compiled["src/histogram/Releases.sol"];
    const publish = [...nodesOf(ast)].find((node) => node.nodeType === "FunctionDefinition" && node.name === "_publish");
    assert.match(
      textOf(sources["src/histogram/Releases.sol"].content, publish),
      /address vault = Clones\.cloneDeterministic[^]*Impl\.allow\(handles\[i\], vault\)/
    );
    assert.equal(publish.visibility, "internal", "so that no other contract calls it");
    assert.deepEqual(callsTo("_publish"), [
      "demo/DemoTrafficHistogram.sol: _publish(releaseId, masked)",
      "histogram/Releases.sol: _publish(releaseId, Suppression.suppress(_noised[releaseId], threshold))",
    ]);
  });

  it("nothing is ever made publicly decryptable, and the raw access control list is used for delegations only", () => {
    for (const member of ["makePubliclyDecryptable", "fromExternal", "toBytes32"]) assert.deepEqual(callsOf("FHE", member), []);
    const selectors = selectorsOf(disassemble(deployed));
    const acl = new ethers.Interface(aclAbi);
    const used = acl.fragments
      .filter((fragment) => fragment.type === "function" && selectors.has(fragment.selector))
      .map(({ name }) => name)
      // Shared with the contract's own functions.
      .filter((name) => !["owner", "pause", "unpause", "paused"].includes(name));
    assert.deepEqual(used.sort(), ["allow", "getUserDecryptionDelegationExpirationDate"]);
  });

  it("there is no delegatecall, callcode or selfdestruct in the code, nor a call with data or target of a caller", () => {
    const instructions = disassemble(deployed);
    const count = (name) => instructions.filter(({ opcode }) => opcode === OPCODES[name]).length;
    for (const name of ["DELEGATECALL", "CALLCODE", "SELFDESTRUCT", "CREATE"]) assert.equal(count(name), 0, name);
    assert.equal(count("CREATE2"), 1, "one place makes vaults");
    const lowLevel = Object.entries(compiled)
      .filter(([file]) => file.startsWith("src/histogram/") || file.startsWith("src/libraries/"))
      .flatMap(([, { ast }]) => [...nodesOf(ast)])
      .filter(
        (node) => node.nodeType === "InlineAssembly" || ["call", "delegatecall", "staticcall", "functionCall"].includes(node.memberName)
      );
    assert.deepEqual(lowLevel, []);
  });

  it("every outward call goes to the executor, the access control list or a vault", () => {
    const called = Object.entries(compiled)
      .filter(([file]) => file.startsWith("src/histogram/") || file.startsWith("src/libraries/"))
      .flatMap(([, { ast }]) => [...nodesOf(ast)])
      .filter((node) => node.nodeType === "FunctionCall")
      .map(({ expression }) => expression)
      .filter(({ typeDescriptions }) => typeDescriptions?.typeIdentifier?.startsWith("t_function_external"))
      .map((node) => (node.nodeType === "Identifier" ? node.name : `${node.expression.typeDescriptions.typeString}.${node.memberName}`));
    assert.deepEqual([...new Set(called)].sort(), [
      "contract IACL.delegateForUserDecryption",
      "contract IACL.getUserDecryptionDelegationExpirationDate",
      "contract IACL.revokeDelegationForUserDecryption",
      "contract IFHEVMExecutor.fheNot",
      "contract IFHEVMExecutor.fheRand",
      "contract IFHEVMExecutor.verifyInput",
      "contract ReleaseVault.close",
      "contract ReleaseVault.open",
      "operation",
    ]);
  });

  it("the gates' shared call site is given the executor's bitwise operations only", () => {
    const file = "src/libraries/Gates.sol";
    const targets = [...nodesOf(compiled[file].ast)]
      .filter((node) => node.nodeType === "FunctionCall" && node.expression.name === "_gate")
      .map((node) => textOf(sources[file].content, node.arguments[0]));
    const expected = ["fheBitAnd", "fheBitAnd", "fheBitOr", "fheBitXor", "fheShl", "fheShr"].map((name) => `_executor().${name}`);
    assert.deepEqual(targets.sort(), expected);
  });

  it("all contracts fit the 24,576 bytes of a real chain", async () => {
    for (const name of ["TrafficHistogram", "DemoTrafficHistogram", "TrafficDataMarketplace", "ReleaseVault", "TestDollar"]) {
      const { deployedBytecode } = await artifacts.readArtifact(name);
      assert.ok(ethers.dataLength(deployedBytecode) <= 24_576, `${name}: ${ethers.dataLength(deployedBytecode)}`);
    }
  });
});
