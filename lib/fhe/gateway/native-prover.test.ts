import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { auxiliaryData, openNativeProver } from "@/lib/fhe/gateway/native-prover";

const contract = `0x${"Aa".repeat(20)}`;
const user = `0x${"bb".repeat(20)}`;
const other = `0x${"cc".repeat(20)}`;
const network = { chainId: 31_337, addresses: { acl: other, kmsVerifier: other, inputVerifier: other, decryption: other, inputVerification: other } };

const root = mkdtempSync(path.join(tmpdir(), "prover-"));
afterAll(() => rmSync(root, { recursive: true }));

/** A program that speaks the engine's protocol; `answer` is the body of a function of the request. */
function program(answer: string, ready = 'say({ event: "ready" });'): string {
  const file = path.join(mkdtempSync(path.join(root, "run-")), "engine.mjs");
  writeFileSync(
    file,
    `#!${process.execPath}
import { createInterface } from "node:readline";
const say = (message) => process.stdout.write(JSON.stringify(message) + "\\n");
console.log("noise of a library");
${ready}
createInterface({ input: process.stdin }).on("line", (line) => { const request = JSON.parse(line); ${answer} });
`,
    { mode: 0o755 },
  );
  return file;
}

const provers: { close(): void }[] = [];
afterEach(() => {
  for (const prover of provers.splice(0)) prover.close();
});

function open(binary: string): ReturnType<typeof openNativeProver> {
  const prover = openNativeProver({ binary, publicKeyFile: "pk", crsFile: "crs", network });
  provers.push(prover);
  return prover;
}

const request = { contractAddress: contract, userAddress: user, words: [1n, 2n ** 255n] };

describe("the native prover", () => {
  test("binds a proof to contract, user, ACL and chain, in that order", () => {
    const aux = auxiliaryData(network, contract, user);
    expect(aux).toBe(`${"aa".repeat(20)}${"bb".repeat(20)}${"cc".repeat(20)}${"0".repeat(60)}7a69`);
    expect(aux).toHaveLength(2 * 92);
  });

  test("gives the engine the words as 32 bytes each", async () => {
    const prover = open(program('say({ id: request.id, result: { blob: request.params.values.join("") } });'));
    const bytes = await prover.prove(request);
    expect(bytes).toHaveLength(64);
    expect([bytes[31], bytes[32]]).toEqual([1, 0x80]);
  });

  test("answers may come in any order", async () => {
    const prover = open(program('globalThis.held ??= []; held.push(request); if (held.length === 2) for (const r of held.reverse()) say({ id: r.id, result: { blob: r.params.values[0] } });'));
    const [first, second] = await Promise.all([prover.prove({ ...request, words: [1n] }), prover.prove({ ...request, words: [2n] })]);
    expect([first?.[31], second?.[31]]).toEqual([1, 2]);
  });

  test("an error of the engine is a typed refusal", async () => {
    const prover = open(program('say({ id: request.id, error: { code: "bad_request", message: "too many bits" } });'));
    await expect(prover.prove(request)).rejects.toMatchObject({ code: "engine.refused", message: expect.stringContaining("too many bits") });
  });

  test("an engine that dies is started again, and the proof is made once more", async () => {
    const marker = path.join(root, "died");
    const dieOnce = `import("node:fs").then(({ existsSync, writeFileSync }) => { if (existsSync("${marker}")) say({ id: request.id, result: { blob: "07" } }); else { writeFileSync("${marker}", ""); process.exit(3); } });`;
    expect(await open(program(dieOnce)).prove(request)).toEqual(new Uint8Array([7]));
  });

  test("an engine that dies again and again fails the proof, and the next proof tries anew", async () => {
    const prover = open(program('if (request.params.values.length === 2) process.exit(3); say({ id: request.id, result: { blob: "00" } });'));
    await expect(prover.prove(request)).rejects.toMatchObject({ code: "engine.unavailable" });
    expect(await prover.prove({ ...request, words: [1n] })).toEqual(new Uint8Array(1));
  });

  test("an engine that is not there is named", async () => {
    await expect(open("/nowhere/fhe-engine").prove(request)).rejects.toMatchObject({ code: "engine.unavailable", message: expect.stringContaining("/nowhere/fhe-engine") });
  });
});
