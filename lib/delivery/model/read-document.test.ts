import { expect, test } from "vitest";
import { createApiDocument } from "@/lib/delivery/model/document";
import { operations } from "@/lib/delivery/model/operations";
import { readDocument } from "@/lib/delivery/model/read-document";

const { tags, server } = readDocument(createApiDocument());
const shown = tags.flatMap((tag) => tag.operations);

test("the page shows every operation once, under the tag that it has", () => {
  expect(shown.map(({ id }) => id).toSorted()).toEqual(Object.values(operations).map(({ id }) => id).toSorted());
  expect(server).toBe("/api/v1");
});

test("every field of a body is shown, with what it must be", () => {
  const body = shown.find(({ id }) => id === "issueTicket")?.body;
  expect(body?.map(({ name, type, isRequired }) => [name, type, isRequired])).toEqual([
    ["oneTimeAddress", "text", true], ["regionId", "integer 1 to 4294967295", true], ["epoch", "integer 0 to 4294967295", true],
    ["maxLevel", "integer 0 to 7", true], ["vehicles", "integer 1 to 65535", true],
  ]);
});

test("what lies in lists and objects is shown below them", () => {
  const fields = shown.find(({ id }) => id === "findEpochs")?.answer.fields ?? [];
  expect(fields.filter(({ depth }) => depth === 1).map(({ path }) => path)).toContain("tiles.releaseId");
  expect(fields.find(({ path }) => path === "tiles.vault")?.type).toBe("text or null");
});

test("every refusal that an operation has of its own is shown with its status", () => {
  const refusals = shown.find(({ id }) => id === "postContribution")?.refusals ?? [];
  expect(refusals.find(({ status }) => status === "409")?.codes).toEqual(expect.arrayContaining(["contribution.conflict", "epoch.closed", "ticket.expired"]));
  expect(shown.find(({ id }) => id === "issueTicket")?.needsDevice).toBe(true);
});
