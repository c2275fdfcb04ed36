import { expect, expectAccessible, test } from "@/e2e/fixtures/journey";
import type { Page } from "@playwright/test";

/** The site's reader buys and decrypts the newest release beside the first requests. */
const sampleMs = 90_000;

async function openHomeWithSample(page: Page): Promise<void> {
  await expect(async () => {
    await page.goto("/");
    await expect(page.getByText(/Chicago Central, .* Simulated vehicles on real streets, real encrypted release/)).toBeVisible({ timeout: 5_000 });
  }).toPass({ timeout: sampleMs });
}

const pagesWithoutMap = ["/regions", "/status"] as const;

test("the front page says what this is, shows a real release of the demo city and opens three doors", async ({ page }) => {
  await openHomeWithSample(page);
  await expect(page.getByRole("heading", { level: 1, name: "A city's traffic, without anybody's drive" })).toBeVisible();
  await expect(page.getByRole("list", { name: "Classes of vehicles" }).getByRole("listitem").first()).toBeVisible();
  await expect(page.getByText(/\d+ of 588 cells had enough vehicles/)).toBeVisible();
  await page.getByText("Speed", { exact: true }).click();
  await expect(page.getByRole("list", { name: "Classes of mean speed" })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: /I plan a city/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Chicago Central" })).toBeVisible();
});

test("scrolling the front page follows one drive through four eyes", async ({ page }) => {
  await page.goto("/");
  const steps = page.locator("[data-eye]");
  await expect(steps).toHaveCount(4);
  for (const [eye, words] of [["device", "Your device sees everything"], ["chain", "random-looking bytes"], ["operator", "and a ticket"], ["buyer", "a blurred sum"]] as const) {
    const step = page.locator(`[data-eye=${eye}]`);
    await step.evaluate((element) => element.scrollIntoView({ block: "center" }));
    await expect(step.getByRole("heading", { level: 3 })).toContainText(words);
    await expect(step.locator("dl")).toBeVisible({ timeout: 60_000 });
  }
  await expect(page.locator("[data-eye=buyer]")).toContainText(/\d+ of 588/);
  await expectAccessible(page);
});

test("the regions say what they are and what is new in them", async ({ page }) => {
  await page.goto("/regions");
  const pilot = page.getByRole("listitem").filter({ has: page.getByRole("link", { name: "Loop Pilot" }) });
  await expect(pilot).toContainText("Collecting");
  await expect(pilot).toContainText("Simulated vehicles on real streets");
  await expect(pilot).toContainText("1 of 1 tile");
  const central = page.getByRole("listitem").filter({ has: page.getByRole("link", { name: "Chicago Central" }) });
  await expect(central).toContainText("contributions are refused");
  await central.getByRole("link").click();
  await expect(page.getByRole("heading", { level: 1, name: "Chicago Central" })).toBeVisible();
});

test("an import-only region shows its hours below each other, and never as if they were collected", async ({ page }) => {
  await page.goto("/regions/chicago-central");
  await expect(page.getByText("Simulated vehicles on real streets")).toBeVisible();
  await expect(page.getByText("Past hours only, contributions are refused")).toBeVisible();
  await expect(page.getByRole("list", { name: "Life of the epoch" })).toContainText("Simulated");
  await expect(page.getByRole("button", { name: /: Published\./ }).first()).toBeVisible();
  await expect(page.getByRole("button", { name: /: Open\./ })).toHaveCount(0);
  await expect(page.getByText("Vehicles are driving now.")).toHaveCount(0);
  await expectAccessible(page);
});

test("the picture of privacy is worked by keyboard and computed anew", async ({ page }) => {
  await page.goto("/privacy");
  await expect(page.getByText("175 positions")).toBeVisible({ timeout: 60_000 });
  await page.getByRole("radio", { name: "Device" }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("heading", { name: "The chain sees a set of tiles and random-looking bytes" })).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByText("Given to a registered device")).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByText(/\d+ of 588/)).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await page.getByRole("checkbox", { name: "Cut both ends of the drive" }).press("Space");
  await expect(page.getByText("Both ends of the drive would be in plain sight")).toBeVisible();
  await page.getByRole("radio", { name: "Every one" }).focus();
  await page.keyboard.press("Space");
  await expect(page.locator("dl > div", { hasText: "Within the day's budget" })).toContainText("8");
  await page.getByRole("button", { name: "Draw again" }).press("Enter");
  await expectAccessible(page);
});

test("the status page names what does not work, what that means, and what is under way", async ({ page, watch }) => {
  await page.goto("/status");
  await expect(page.getByRole("heading", { level: 1, name: "Part of it waits" })).toBeVisible();
  const parts = page.locator("section", { has: page.getByRole("heading", { name: "Parts" }) }).first();
  await expect(parts.getByRole("listitem").filter({ hasText: "Database" }).first()).toContainText("Works");
  // The journeys' stack has no worker.
  const worker = parts.getByRole("listitem").filter({ hasText: "Worker" }).first();
  await expect(worker).toContainText("Down");
  await expect(worker).toContainText("Contributions stay in the queue");
  await expect(page.getByRole("progressbar", { name: "Read of the chain" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Loop Pilot" })).toBeVisible();
  await expect(page.getByRole("contentinfo")).toContainText("Clear engine: no real encryption, for tests");
  await page.route("**/api/health", (route) => route.abort());
  await expect(page.getByRole("heading", { level: 1, name: "This site does not answer" })).toBeVisible();
  await expectAccessible(page);
  watch.faults = watch.faults.filter((fault) => !fault.includes("ERR_FAILED"));
});

test("the content is one key away, and the sections are named in the header", async ({ page }) => {
  await page.goto("/regions");
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "Skip to the content" });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page.locator("#content")).toBeFocused();
  await expect(page.getByRole("navigation", { name: "Site" }).getByRole("link", { name: "Regions" })).toHaveAttribute("aria-current", "page");
  await page.getByRole("navigation", { name: "Site" }).getByRole("link", { name: "Privacy" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "How privacy works" })).toBeVisible();
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`${colorScheme}, on a phone and on a desk`, () => {
    test.use({ colorScheme });
    for (const path of pagesWithoutMap) {
      test(`${path} has nothing that axe finds wrong, and never scrolls sideways`, async ({ page }) => {
        for (const size of [{ width: 1280, height: 800 }, { width: 390, height: 844 }]) {
          await page.setViewportSize(size);
          await page.goto(path);
          await expect(page.getByRole("link", { name: "Loop Pilot" })).toBeVisible();
          await expectAccessible(page);
          expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
        }
      });
    }

    for (const path of ["/", "/privacy"]) {
      test(`${path} fits a phone and has nothing that axe finds wrong`, async ({ page }) => {
        await page.setViewportSize({ width: 390, height: 844 });
        await page.goto(path);
        await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
        await expect(page.getByTestId("map").first()).toBeVisible({ timeout: 60_000 });
        await expectAccessible(page);
        expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
      });
    }
  });
}

test("the chosen theme holds on every page and after a reload", async ({ page }) => {
  await page.goto("/regions");
  await page.getByRole("button", { name: "Use the dark theme" }).click();
  await expect(page.locator("html")).toHaveClass(/dark/);
  await page.goto("/privacy");
  await expect(page.locator("html")).toHaveClass(/dark/);
  await page.getByRole("button", { name: "Use the light theme" }).click();
  await page.reload();
  await expect(page.locator("html")).not.toHaveClass(/dark/);
});
