/**
 * The relayer SDK as its documentation uses it, and nothing else: what our client is compared with.
 * Takes its configuration as JSON; for every line of the standard input it makes one proof and prints its seconds.
 */
import { createInterface } from "node:readline";
import { createInstance } from "@zama-fhe/relayer-sdk/node";

const { config, contractAddress, userAddress, words } = JSON.parse(process.argv[2] ?? "{}");
const instance = await createInstance(config);

for await (const line of createInterface({ input: process.stdin })) {
  if (line === "") continue;
  const started = performance.now();
  const input = instance.createEncryptedInput(contractAddress, userAddress);
  for (const word of words) input.add256(BigInt(word));
  input.generateZKProof();
  console.log(JSON.stringify({ seconds: (performance.now() - started) / 1000 }));
}
