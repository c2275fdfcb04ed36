import { defineConfig } from "@playwright/test";

/** Journeys through the built site on the clear engine. `npm test` builds it; alone: `npx playwright test -c e2e/playwright.config.ts`. */
export default defineConfig({
  testDir: "journeys",
  globalSetup: "./global-setup.ts",
  outputDir: "../test-results",
  reporter: "list",
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  use: {
    viewport: { width: 1280, height: 800 },
    timezoneId: "Europe/Berlin",
    locale: "en-GB",
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist",
        "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
      ],
    },
  },
});
