import path from "node:path";
import { computeAddress, Wallet } from "ethers";
import type { Logger } from "pino";
import type { LocalAccounts } from "@/lib/platform/deployment";
import { readKeys } from "@/local/devnet/accounts";
import { Chain } from "@/local/devnet/chain";
import { checkHostContracts, placeHostContracts, readHostContracts, type HostContracts } from "@/local/devnet/host-contracts";

/** The chain with the network's own contracts on it, and the keys that it knows. */
export type Network = { chain: Chain; contracts: HostContracts; accounts: LocalAccounts; kms: Wallet; coprocessor: Wallet };

export type NetworkOptions = { folder: string; anvilPort: number; instant: boolean; log: Logger };

/** Opens the network of a folder, or makes it. Throws `config.invalid` when the folder's parts do not belong together. */
export async function openNetwork({ folder, anvilPort, instant, log }: NetworkOptions): Promise<Network> {
  const chain = await Chain.open({ folder: path.join(folder, "chain"), port: anvilPort, instant, log });
  try {
    const contracts = await readHostContracts();
    const isNew = chain.isNew;
    const { accounts, signers } = await readKeys(folder, isNew);
    const kms = new Wallet(signers.kms);
    const coprocessor = new Wallet(signers.coprocessor);
    const setUp = { chain, contracts, kmsSigner: kms.address, coprocessorSigner: coprocessor.address };
    const funded = Object.values(accounts).map((key) => computeAddress(key));
    if (isNew) await placeHostContracts({ ...setUp, ownerKey: signers.hostOwner, funded });
    await checkHostContracts(setUp);
    return { chain, contracts, accounts, kms, coprocessor };
  } catch (error) {
    await chain.stop();
    throw error;
  }
}
