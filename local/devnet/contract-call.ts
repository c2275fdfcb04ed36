import type { Interface, Result } from "ethers";
import { z } from "zod";
import type { Chain } from "@/local/devnet/chain";

export type ContractCall = { address: string; abi: Interface; name: string; args?: readonly unknown[] };

/** A view of a contract at the newest block, decoded. Throws as `Chain.call` does. */
export async function readContract(chain: Pick<Chain, "call">, { address, abi, name, args = [] }: ContractCall): Promise<Result> {
  const answer = await chain.call("eth_call", [{ to: address, data: abi.encodeFunctionData(name, args) }, "latest"]);
  return abi.decodeFunctionResult(name, z.string().parse(answer));
}
