import { expect, inject, test } from "vitest";
import { assertDatabase } from "@/lib/platform/database-check";

function changed(change: (url: URL) => void): string {
  const url = new URL(inject("databaseUrl"));
  change(url);
  return url.href;
}

test("a database that works passes", async () => {
  await assertDatabase(inject("databaseUrl"));
});

test("a wrong password is told as one, without it", async () => {
  const refused = assertDatabase(changed((url) => (url.password = "not-this-one")));
  await expect(refused).rejects.toMatchObject({ code: "config.invalid", message: expect.stringContaining("refuses the password") });
  await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining("not-this-one") });
});

test("a name that does not exist is told as one", async () => {
  await expect(assertDatabase(changed((url) => (url.pathname = "/elsewhere")))).rejects.toMatchObject({ message: expect.stringContaining("no such database") });
});
