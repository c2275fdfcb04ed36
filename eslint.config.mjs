import js from "@eslint/js";
import next from "eslint-config-next/core-web-vitals";
import tseslint from "typescript-eslint";
import { folders, restrictionsOf } from "./scripts/lint/import-directions.mjs";

const sources = (folder) => [`${folder}/**/*.{ts,tsx}`];
const tests = "**/*.{test,spec}.{ts,tsx}";

const config = [
  {
    ignores: [
      ".next/**", ".local/**", "contracts/**", "native/**", "public/**", "lib/chain/abi/**", "lib/platform/generated/**",
      "next-env.d.ts", "test-results/**", "playwright-report/**",
    ],
  },
  js.configs.recommended,
  ...next,
  ...tseslint.configs.strict,
  {
    files: ["**/*.{ts,tsx}"],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      "no-console": "error",
    },
  },
  {
    files: ["**/*.mjs"],
    languageOptions: { globals: { process: "readonly", console: "readonly", URL: "readonly", setTimeout: "readonly" } },
  },
  { files: ["local/**", "scripts/**", "e2e/**"], rules: { "no-console": "off", "@next/next/no-assign-module-variable": "off", "react-hooks/rules-of-hooks": "off" } },
  ...Object.keys(folders).map((folder) => ({
    files: sources(folder),
    rules: { "no-restricted-imports": ["error", restrictionsOf(folder)] },
  })),
  {
    // A test may reach for what it tests against: the real chain, the real SDK, the local network.
    files: [tests],
    rules: { "no-restricted-imports": ["error", { patterns: [{ group: ["../**", ".."], message: "use the @/ path" }] }] },
  },
  {
    files: ["lib/**/*.{ts,tsx}", "app/**/*.{ts,tsx}", "components/**/*.{ts,tsx}", "scripts/**/*.ts"],
    ignores: ["lib/platform/env.ts", tests, "scripts/test/**", "scripts/bench/**"],
    rules: {
      "no-restricted-properties": ["error", { object: "process", property: "env", message: "read settings through lib/platform/env.ts" }],
    },
  },
];

export default config;
