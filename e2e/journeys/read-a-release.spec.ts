import { expect, expectAccessible, expectNoPageScroll, test } from "@/e2e/fixtures/journey";
import type { Page } from "@playwright/test";

const openedWords = /\d+ of 49 cells/;

async function openRegion(page: Page, address = "/regions/loop-pilot"): Promise<void> {
  await page.goto(address);
  await expect(page.getByRole("heading", { level: 1, name: "Loop Pilot" })).toBeVisible();
}

const epochBlock = (page: Page, state: string) => page.getByRole("button", { name: new RegExp(`: ${state}\\.`) });

async function buyChosenEpoch(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Buy for 5.00 tUSD" }).click();
  await expect(page.getByText(openedWords)).toBeVisible({ timeout: 90_000 });
}

/** Counts the transactions that the page sends from now on. */
function countTransactions(page: Page): () => number {
  let count = 0;
  page.on("request", (request) => { if (request.postData()?.includes("eth_sendRawTransaction") === true) count += 1; });
  return () => count;
}

test("a planner sees what is to be had before paying anything", async ({ page }) => {
  await openRegion(page);
  await expect(epochBlock(page, "Published")).toHaveCount(2);
  await expect(epochBlock(page, "Void")).toHaveCount(1);
  await expect(epochBlock(page, "Open")).toHaveCount(1);
  await expect(page.getByText("3 contributions for")).toBeVisible();
  await expect(page.getByText(/In Chicago: /)).toBeVisible();
  await expect(page.getByText("2 releases × 0.50 tUSD")).toBeVisible();
  await expect(page.getByText("Smallest order")).not.toHaveCount(0);
  await expect(page.getByRole("link", { name: "OpenStreetMap contributors" })).toBeVisible();
  await expect(page.getByRole("contentinfo")).toContainText("Clear engine: no real encryption, for tests");
  await expect(page.getByRole("contentinfo")).toContainText("Demonstration parameters, not for real people");
  await expect(page.getByRole("contentinfo")).toContainText("A cover of one tile makes that tile public");
  await expectAccessible(page);
});

test("a planner buys an epoch, sees it on the map and finds it again at once", async ({ page }) => {
  await openRegion(page);
  await buyChosenEpoch(page);
  const legend = page.getByRole("list", { name: "Classes of vehicles" });
  await expect(legend.getByRole("listitem").first()).toBeVisible();
  await expect(page.getByText("Not shown: fewer than 20, or none").filter({ visible: true })).toBeVisible();
  await expectAccessible(page);

  await page.keyboard.press("m");
  await expect(page.getByRole("list", { name: "Classes of mean speed" })).toBeVisible();

  await page.getByText("Table", { exact: true }).click();
  const rows = page.getByRole("table", { name: "Cells of Loop Pilot" }).getByRole("row");
  await expect(rows).toHaveCount(50);
  await rows.nth(1).getByRole("button").click();
  await expect(page.getByRole("heading", { name: /^Cell 89/ })).toBeVisible();
  await expect(page.getByText(/\d+ ± \d+ vehicles/).first()).toBeVisible();
  await expect(page.getByRole("table", { name: "Share of vehicles by speed class" })).toBeVisible();
  await expectAccessible(page);

  // The other published epoch came with the smallest order.
  await page.getByRole("button", { name: "Close the cell's card" }).click();
  await epochBlock(page, "Published").first().click();
  await expect(page).toHaveURL(/\?epoch=/);
  await expect(page.getByText(openedWords)).toBeVisible({ timeout: 60_000 });

  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await page.reload();
  await expect(page.getByText(openedWords)).toBeVisible();
  expect(asked.filter((path) => path.startsWith("/api/relayer") || path.startsWith("/fhe"))).toEqual([]);
});

test("arrows move between epochs, and a link leads to one", async ({ page }) => {
  await openRegion(page);
  await expect(page.getByRole("button", { name: /Buy for/ })).toBeVisible();
  await page.keyboard.press("ArrowLeft");
  await expect(page.getByText("Fewer than 3 contributions came in")).toBeVisible();
  const link = page.url();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await expect(page.getByText("Vehicles are driving now.")).toBeVisible();
  await page.goto(link);
  await expect(page.getByText("Fewer than 3 contributions came in")).toBeVisible();
});

test("a relayer that is away costs nothing: the page says so, goes on by itself and pays once", async ({ page, watch }) => {
  await openRegion(page);
  await page.route("**/api/relayer/delegated-user-decrypt", (route) => route.fulfill({ status: 502, body: "away" }));
  await page.getByRole("button", { name: "Buy for 5.00 tUSD" }).click();
  const decrypting = page.locator("[aria-current=step]", { hasText: "Decrypt in this browser" });
  await expect(decrypting.or(page.getByText("your purchase is kept"))).toBeVisible({ timeout: 90_000 });
  const sent = countTransactions(page);
  await page.reload();
  await page.unroute("**/api/relayer/delegated-user-decrypt");
  await expect(page.getByText(openedWords)).toBeVisible({ timeout: 90_000 });
  expect(sent()).toBe(0);
  // The browser writes every answer of 502 into its console.
  watch.faults = watch.faults.filter((fault) => !fault.includes("502"));
});

test("a purchase that broke off after the payment is opened later, without being paid again", async ({ page, watch }) => {
  await openRegion(page);
  let isPaid = false;
  await page.route("**/api/rpc", async (route) => {
    const isTransaction = route.request().postData()?.includes("eth_sendRawTransaction") === true;
    if (isTransaction && isPaid) return route.fulfill({ status: 503, body: "away" });
    isPaid ||= isTransaction;
    return route.continue();
  });
  await page.getByRole("button", { name: "Buy for 5.00 tUSD" }).click();
  await expect(page.getByText("your purchase is kept")).toBeVisible({ timeout: 90_000 });
  const sent = countTransactions(page);
  await page.unroute("**/api/rpc");
  await page.reload();
  await expect(page.getByText(openedWords)).toBeVisible({ timeout: 90_000 });
  expect(sent()).toBe(1);
  watch.faults = watch.faults.filter((fault) => !fault.includes("503"));
});

test("a network that is away is named, and the page comes back by itself", async ({ page, watch }) => {
  const away = { status: 502, contentType: "application/problem+json", body: JSON.stringify({ status: 502, code: "chain.unreachable", detail: "The chain does not answer.", requestId: "r" }) };
  await openRegion(page);
  await page.route("**/api/v1/regions/**", (route) => route.fulfill(away));
  await expect(page.getByText("The network does not answer.")).toBeVisible();
  await expect(page.getByText("What you see is the last known state")).toBeVisible();
  await expectAccessible(page);
  await page.unroute("**/api/v1/regions/**");
  await expect(page.getByText("The network does not answer.")).toBeHidden();
  watch.faults = watch.faults.filter((fault) => !fault.includes("502"));
});

test("an address without a region says so, with a way on", async ({ page, watch }) => {
  await page.goto("/regions/nowhere");
  await expect(page.getByRole("heading", { name: "There is nothing at this address." })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: "See all regions" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Regions" })).toBeVisible();
  watch.faults = watch.faults.filter((fault) => !fault.includes("404"));
});

test.describe("on a phone, in the dark", () => {
  test.use({ viewport: { width: 390, height: 844 }, colorScheme: "dark", hasTouch: true });

  test("everything is there, and the sheet can be pulled by keyboard", async ({ page }) => {
    await openRegion(page);
    await buyChosenEpoch(page);
    await expect(page.getByRole("list", { name: "Classes of vehicles" })).toBeVisible();
    await expectNoPageScroll(page);
    await expectAccessible(page);
    // The middle of the map is always a cell; until the map is drawn a tap finds nothing.
    await expect(async () => {
      const box = await page.getByTestId("map").boundingBox();
      await page.touchscreen.tap((box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + (box?.height ?? 0) / 2);
      await expect(page.getByRole("heading", { name: /^Cell 89/ }).filter({ visible: true })).toBeInViewport({ timeout: 3_000 });
    }).toPass({ timeout: 60_000 });
    await expectNoPageScroll(page);
    const handle = page.getByRole("separator", { name: "Height of the panel" });
    const before = await page.getByTestId("map").boundingBox();
    await handle.press("ArrowUp");
    await expect.poll(async () => (await page.getByTestId("map").boundingBox())?.height).toBeLessThan(before?.height ?? 0);
  });
});
