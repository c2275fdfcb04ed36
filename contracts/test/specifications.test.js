// Keeps the branch trees (*.tree) and the custom errors in step with the tests.
const assert = require("node:assert/strict");
const { readdirSync, readFileSync } = require("node:fs");
const path = require("node:path");
const { artifacts } = require("hardhat");

const filesUnder = (folder, ending) =>
  readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith(ending))
    .map((name) => path.join(folder, name));

/** Leaves of a branch tree, each under its function: lines that nothing deeper follows. */
function leavesOf(tree) {
  const lines = tree.split("\n").filter((line) => line.trim() !== "");
  const depthOf = (line) => line.search(/[^│├└─\s]/);
  const leaves = [];
  let subject = "";
  lines.forEach((line, i) => {
    const depth = depthOf(line);
    if (depth === 0) subject = line.trim();
    const next = lines[i + 1];
    if (depth > 0 && (next === undefined || depthOf(next) <= depth)) leaves.push({ subject, title: line.slice(depth).trim() });
  });
  return leaves;
}

/** Titles of a test file's tests, each under its innermost `describe`, which indentation tells. */
function titlesOf(source) {
  const titles = new Set();
  const subjects = new Map();
  for (const [, indent, kind, title] of source.matchAll(/^( *)(describe|it)\("((?:[^"\\]|\\.)*)"/gm)) {
    if (kind === "describe") subjects.set(indent.length, title);
    else titles.add(`${subjects.get(indent.length - 2)}: ${title}`);
  }
  return titles;
}

describe("specifications", () => {
  for (const tree of filesUnder(__dirname, ".tree")) {
    it(`${path.relative(__dirname, tree)}: every branch has a test, and every test a branch`, () => {
      const titles = titlesOf(readFileSync(tree.replace(/\.tree$/, ".test.js"), "utf8"));
      const leaves = leavesOf(readFileSync(tree, "utf8")).map(({ subject, title }) => `${subject}: ${title}`);
      assert.ok(leaves.length > 5);
      assert.equal(new Set(leaves).size, leaves.length, "a branch stands twice");
      assert.deepEqual(
        leaves.filter((leaf) => !titles.has(leaf)),
        [],
        "branches without a test"
      );
      const subjects = new Set(leaves.map((leaf) => leaf.split(": ")[0]));
      const untold = [...titles].filter((title) => subjects.has(title.split(": ")[0]) && !leaves.includes(title));
      assert.deepEqual(untold, [], "tests without a branch");
    });
  }

  it("every custom error of our own contracts is met by a test", async () => {
    const tests = filesUnder(__dirname, ".test.js")
      .map((file) => readFileSync(file, "utf8"))
      .join("\n");
    const names = new Set();
    for (const contract of ["ITrafficHistogram", "ITrafficDataMarketplace", "ReleaseVault", "TestDollar", "DemoTrafficHistogram"]) {
      const { abi } = await artifacts.readArtifact(contract);
      for (const { type, name } of abi) if (type === "error") names.add(name);
    }
    const library =
      /^(ERC20|ERC2612|ECDSA|Invalid(AccountNonce|ShortString)|StringTooLong|AccessControl(BadC|InvalidD)|ExpectedPause|FailedDeployment|InsufficientBalance|ZamaProtocol)/;
    const own = [...names].filter((name) => !library.test(name));
    assert.ok(own.length > 30);
    assert.deepEqual(
      own.filter((name) => !tests.includes(`"${name}"`)),
      []
    );
  });
});
