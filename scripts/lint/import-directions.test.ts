import { ESLint } from "eslint";
import { expect, test } from "vitest";

const eslint = new ESLint({ cwd: process.cwd() });

/** Rule names that refuse the code when it stands in the file. The file need not exist for rules without types. */
async function refusals(filePath: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath });
  return (result?.messages ?? []).map((message) => message.ruleId ?? message.message);
}

const forbidden: [why: string, file: string, imported: string][] = [
  ["the kernel imports nothing else", "lib/kernel/errors.ts", "@/lib/platform/env"],
  ["platform knows no domain", "lib/platform/env.ts", "@/lib/catalog/model"],
  ["nothing in lib imports the app", "lib/catalog/data.ts", "@/app/layout"],
  ["lib never reaches local stand-ins", "lib/catalog/data.ts", "@/local/free-port"],
  ["geometry stays pure", "lib/geo/model/tile.ts", "@/lib/platform/env"],
  ["a domain does not reach into another's gates", "lib/ingest/mutations/contribute.ts", "@/lib/privacy/ui/panel"],
  ["ethers has one keeper", "lib/catalog/data.ts", "ethers"],
  ["the relayer SDK has one keeper", "lib/chain/errors.ts", "@zama-fhe/relayer-sdk/node"],
  ["maps have one keeper", "lib/releases/data/get-region.ts", "maplibre-gl"],
  ["the database client stays behind data and mutations", "app/layout.tsx", "@/lib/platform/generated/prisma/client"],
  ["components know no domain", "components/button.tsx", "@/lib/catalog/model"],
  ["parent paths would slip past the rules", "lib/geo/model/tile.ts", "../../platform/env"],
];

test.each(forbidden)("%s: %s may not import %s", async (_why, file, imported) => {
  expect(await refusals(file, `import * as imported from "${imported}";\nexport default imported;\n`)).toContain("no-restricted-imports");
});

const allowed: [file: string, imported: string][] = [
  ["lib/geo/model/tile.ts", "@/lib/kernel/errors"],
  ["lib/privacy/model/zones.ts", "@/lib/geo/model/tile"],
  ["lib/chain/errors.ts", "ethers"],
  ["lib/ingest/mutations/contribute.ts", "@/lib/chain/gateway/histogram"],
  ["lib/catalog/data.ts", "@/lib/platform/database"],
];

test.each(allowed)("%s may import %s", async (file, imported) => {
  expect(await refusals(file, `import * as imported from "${imported}";\nexport default imported;\n`)).not.toContain("no-restricted-imports");
});

test("settings are read in one place", async () => {
  expect(await refusals("lib/catalog/data.ts", "export const home = process.env.HOME;\n")).toContain("no-restricted-properties");
});

test("any and non-null assertions are refused", async () => {
  const found = await refusals("lib/catalog/data.ts", "export const first = (list: any[]) => list[0]!;\n");
  expect(found).toContain("@typescript-eslint/no-explicit-any");
  expect(found).toContain("@typescript-eslint/no-non-null-assertion");
});
