import { z } from "zod";
import { bigintToHex, isHex, type Hex } from "@/lib/kernel/hex";
import type { Actor, DevnetFixture, Probe } from "@/local/devnet/testing/devnet-fixture";

const hex = z.string().refine(isHex);
const attestedSchema = z.object({ handles: z.array(hex), inputProof: hex });

/** Has values attested without a proof, over HTTP as a load test does. */
export async function attest(devnetUrl: string, input: { values: readonly bigint[]; contractAddress: string; userAddress: string }): Promise<z.infer<typeof attestedSchema>> {
  const body = JSON.stringify({ ...input, values: input.values.map((value) => bigintToHex(value, 32)) });
  const response = await fetch(`${devnetUrl}/devnet/attest`, { method: "POST", headers: { "content-type": "application/json" }, body });
  return attestedSchema.parse(await response.json());
}

/** Puts one value into the probe, readable by the given accounts; resolves to its handle. */
export async function putValue(fixture: DevnetFixture, { probe, owner, value, readers }: { probe: Probe; owner: Actor; value: bigint; readers: readonly string[] }): Promise<Hex> {
  const { handles, inputProof } = await attest(fixture.devnet.url, { values: [value], contractAddress: probe.address, userAddress: owner.address });
  return probe.make(owner, "take", [handles[0], inputProof, 8, readers]);
}
