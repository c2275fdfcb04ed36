import { afterAll, beforeEach, expect, inject, test } from "vitest";
import { findRegions } from "@/lib/catalog/data";
import { rememberRegion } from "@/lib/catalog/mutations";
import { connectDatabase } from "@/lib/platform/database";

const database = connectDatabase(inject("databaseUrl"));
const pilot = { slug: "loop-pilot", chainId: 31337, regionId: 1, name: "Loop Pilot", isSimulated: true, importOnly: false };

beforeEach(() => database.region.deleteMany());
afterAll(() => database.$disconnect());

test("a region is remembered once, however often it is told", async () => {
  await rememberRegion(database, pilot);
  await rememberRegion(database, pilot);
  expect(await findRegions(database, 31337)).toEqual([pilot]);
});

test("the newest name wins", async () => {
  await rememberRegion(database, pilot);
  await rememberRegion(database, { ...pilot, name: "The Loop" });
  expect(await findRegions(database, 31337)).toEqual([{ ...pilot, name: "The Loop" }]);
});

test("a wiped chain may give an old number to another region", async () => {
  await rememberRegion(database, pilot);
  await rememberRegion(database, { slug: "study", chainId: 31337, regionId: 1, name: "Study" });
  expect(await findRegions(database, 31337)).toEqual([{ slug: "study", chainId: 31337, regionId: 1, name: "Study", isSimulated: false, importOnly: false }]);
});

test("regions of other chains stay apart", async () => {
  await rememberRegion(database, pilot);
  await rememberRegion(database, { ...pilot, chainId: 11155111 });
  expect(await findRegions(database, 31337)).toEqual([pilot]);
});
