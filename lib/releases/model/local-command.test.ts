import { expect, test } from "vitest";
import { localCommand } from "@/lib/releases/model/local-command";

const local = { chainId: 31_337, slug: "loop-pilot" };

test("an open epoch of the demo can be filled from the command line", () => {
  expect(localCommand(local, { state: "open" })?.command).toBe("npm run demo-fleet -- --vehicles 73");
  expect(localCommand({ ...local, slug: "study" }, { state: "open" })).toBeNull();
});

test("a closed epoch can be published from the command line", () => {
  expect(localCommand({ ...local, slug: "study" }, { state: "closed" })?.command).toContain("--region study");
});

test("what is published needs no command, and public networks have none", () => {
  expect(localCommand(local, { state: "published" })).toBeNull();
  expect(localCommand({ ...local, chainId: 11_155_111 }, { state: "closed" })).toBeNull();
});
