import { Interface } from "ethers";
import { describe, expect, test } from "vitest";
import { contractErrorFragments, contractErrorNames } from "@/lib/chain/abi/contract-errors";
import { revertTable } from "@/lib/chain/errors";
import { decodeRevert, toAppError } from "@/lib/chain/gateway/revert";
import { AppError, errorCodes } from "@/lib/kernel/errors";

const abi = new Interface(contractErrorFragments);
const sample = (type: string): string | number => {
  if (type === "address") return "0x00000000000000000000000000000000000000aa";
  if (type === "bytes32") return `0x${"ab".repeat(32)}`;
  return type === "string" ? "text" : 7;
};

const encode = (name: string): string => {
  const fragment = abi.getError(name);
  if (fragment === null) throw new Error(`no error ${name}`);
  return abi.encodeErrorResult(fragment, fragment.inputs.map((input) => sample(input.type)));
};

describe("every custom error of the contracts reaches people as a typed refusal", () => {
  test.each(contractErrorNames)("%s", (name) => {
    const refusal = decodeRevert(encode(name), { what: "try" });
    expect(refusal?.code).toBe(revertTable[name].code);
    expect(errorCodes).toContain(refusal?.code);
    expect(refusal?.message).toMatch(/^To try: .+[.!]$/);
    expect(refusal?.message).not.toMatch(/[{}]|unknown\b(?! (coprocessor|version))/);
    expect(refusal?.details.error).toBe(name);
  });

  test("every place in a message is one of the error's arguments", () => {
    for (const name of contractErrorNames) {
      const inputs = abi.getError(name)?.inputs.map((input) => input.name) ?? [];
      const places = [...revertTable[name].message.matchAll(/\{(\w+)\}/g)].map(([, place]) => place);
      for (const place of places) expect(inputs, name).toContain(place);
    }
  });

  test("the table has no name that no contract has", () => {
    expect(Object.keys(revertTable).toSorted()).toEqual([...contractErrorNames].toSorted());
  });
});

test("a role is named, not shown as a hash", () => {
  const curator = "0x850d585eb7f024ccee5e68e55f2c26cc72e1e6ee456acf62135757a5eb9d4a10";
  const data = abi.encodeErrorResult("AccessControlUnauthorizedAccount", ["0x00000000000000000000000000000000000000aa", curator]);
  expect(decodeRevert(data, { what: "seal" })?.message).toContain("CURATOR_ROLE");
});

test("a parameter's name given as bytes32 is shown as text", () => {
  const data = abi.encodeErrorResult("InvalidParameter", [`0x${Buffer.from("ticketsMin").toString("hex").padEnd(64, "0")}`]);
  expect(decodeRevert(data, { what: "create a region" })?.message).toContain("parameter ticketsMin.");
});

test("an unknown revert is still a typed refusal", () => {
  expect(decodeRevert("0x12345678", { what: "try" })).toBeUndefined();
  expect(toAppError(new Error("boom"), { what: "try" }).code).toBe("chain.unreachable");
});

test("a refusal that is typed already passes unchanged", () => {
  const refusal = new AppError("epoch.closed", "closed");
  expect(toAppError(refusal, { what: "try" })).toBe(refusal);
});
