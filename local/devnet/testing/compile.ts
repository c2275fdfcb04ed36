import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { Interface } from "ethers";
import { z } from "zod";
import { isHex, type Hex } from "@/lib/kernel/hex";

export type Compiled = { abi: Interface; bytecode: Hex };

const contractSchema = z.object({ abi: z.array(z.unknown()), evm: z.object({ bytecode: z.object({ object: z.string() }) }) });
const outputSchema = z.object({
  errors: z.array(z.object({ severity: z.string(), formattedMessage: z.string() })).default([]),
  contracts: z.record(z.string(), z.record(z.string(), contractSchema)).default({}),
});

/** Runs the npm compiler on standard JSON. */
function runCompiler(input: string): Promise<string> {
  const program = path.join(path.dirname(createRequire(import.meta.url).resolve("solc/package.json")), "solc.js");
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, "--standard-json"], { stdio: ["pipe", "pipe", "inherit"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
    child.once("error", reject).once("close", () => resolve(output));
    child.stdin.end(input);
  });
}

/** Compiles the contracts that only tests use. */
export async function compileProbe(): Promise<{ Probe: Compiled; ProbeVault: Compiled }> {
  const file = path.join(import.meta.dirname, "Probe.sol");
  const settings = { evmVersion: "cancun", optimizer: { enabled: true }, outputSelection: { "*": { "*": ["abi", "evm.bytecode.object"] } } };
  const text = await runCompiler(JSON.stringify({ language: "Solidity", sources: { "Probe.sol": { content: await readFile(file, "utf8") } }, settings }));
  const { contracts, errors } = outputSchema.parse(JSON.parse(text.slice(text.indexOf("{"))));
  const read = (name: string): Compiled => {
    const contract = contracts["Probe.sol"]?.[name];
    const bytecode = `0x${contract?.evm.bytecode.object}`;
    if (contract === undefined || !isHex(bytecode)) throw new Error(errors.map(({ formattedMessage }) => formattedMessage).join("\n"));
    return { abi: new Interface(JSON.stringify(contract.abi)), bytecode };
  };
  return { Probe: read("Probe"), ProbeVault: read("ProbeVault") };
}
