import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { envSchema, parseEnv } from "@/lib/platform/env";

test("nothing set is the local network", () => {
  expect(parseEnv({})).toMatchObject({ NETWORK: "local", PORT: 3000, FHE_ENGINE: "tfhe" });
});

test("an empty value counts as not set", () => {
  expect(parseEnv({ NETWORK: "", PORT: "" })).toMatchObject({ NETWORK: "local", PORT: 3000 });
});

test("every bad variable is named, with what it must be", () => {
  expect(() => parseEnv({ PORT: "99999", NETWORK: "moon", HISTOGRAM_ADDRESS: "0x12" })).toThrow(/PORT: .*NETWORK: |NETWORK: .*PORT: /);
  expect(() => parseEnv({ HISTOGRAM_ADDRESS: "0x12" })).toThrow(/HISTOGRAM_ADDRESS: must be a 20-byte address/);
});

test("a bad key is refused without being repeated", () => {
  const key = `0x${"ab".repeat(31)}`;
  expect(() => parseEnv({ UPLOADER_KEY: key })).toThrow(expect.objectContaining({ message: expect.not.stringContaining(key) }));
});

test(".env.example documents every variable, and no other", () => {
  const documented = readFileSync(".env.example", "utf8").match(/^#? ?([A-Z_]+)=/gm) ?? [];
  const names = documented.map((line) => line.replace(/[#= ]/g, ""));
  expect(names.toSorted()).toEqual(Object.keys(envSchema.shape).toSorted());
});
