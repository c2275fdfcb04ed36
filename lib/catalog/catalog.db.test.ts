import { afterAll, beforeEach, expect, inject, test } from "vitest";
import { findRegions } from "@/lib/catalog/data";
import { rememberRegion } from "@/lib/catalog/mutations";
import { connectDatabase } from "@/lib/platform/database";

const database = connectDatabase(inject("databaseUrl"));
// Chains of this file's own: other tests use the same database at the same time.
const [here, elsewhere] = [41_001, 41_002];
const pilot = { slug: "loop-pilot", chainId: here, regionId: 1, name: "Loop Pilot", isSimulated: true, importOnly: false };

beforeEach(() => database.region.deleteMany({ where: { chainId: { in: [here, elsewhere] } } }));
afterAll(() => database.$disconnect());

test("a region is remembered once, however often it is told", async () => {
  await rememberRegion(database, pilot);
  await rememberRegion(database, pilot);
  expect(await findRegions(database, here)).toEqual([pilot]);
});

test("the newest name wins", async () => {
  await rememberRegion(database, pilot);
  await rememberRegion(database, { ...pilot, name: "The Loop" });
  expect(await findRegions(database, here)).toEqual([{ ...pilot, name: "The Loop" }]);
});

test("a wiped chain may give an old number to another region", async () => {
  await rememberRegion(database, pilot);
  await rememberRegion(database, { slug: "study", chainId: here, regionId: 1, name: "Study" });
  expect(await findRegions(database, here)).toEqual([{ slug: "study", chainId: here, regionId: 1, name: "Study", isSimulated: false, importOnly: false }]);
});

test("regions of other chains stay apart", async () => {
  await rememberRegion(database, pilot);
  await rememberRegion(database, { ...pilot, chainId: elsewhere });
  expect(await findRegions(database, here)).toEqual([pilot]);
});
