import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { Interface, Transaction, Wallet, zeroPadValue } from "ethers";
import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import { isHex, type Hex } from "@/lib/kernel/hex";
import type { Chain } from "@/local/devnet/chain";
import type { ChainNode } from "@/local/devnet/chain-node";
import { readContract } from "@/local/devnet/contract-call";
import { CHAIN_ID, GATEWAY_ADDRESSES, GATEWAY_CHAIN_ID, HOST_ADDRESSES } from "@/local/devnet/constants";

const artifactSchema = z.object({ abi: z.array(z.record(z.string(), z.unknown())), deployedBytecode: z.string().refine(isHex) });
export type HostArtifact = { abi: Interface; code: Hex };

/** ERC-7201 slot of OpenZeppelin's `Initializable` (its version is the lowest word) and of `Ownable`. */
const slots = {
  initialized: "0xf0c57e16840df040f15088dc2f81fe391c3923bec73e23a9662efc9c229c6a00",
  owner: "0x9016d09d72d40fdae2fd8ceac6b6234c7706214fd39c1cd1e609a0528c199300",
} as const;

const files = {
  acl: "ACL.sol/ACL.json",
  executor: "FHEVMExecutor.sol/FHEVMExecutor.json",
  kmsVerifier: "KMSVerifier.sol/KMSVerifier.json",
  inputVerifier: "InputVerifier.sol/InputVerifier.json",
  hcuLimit: "HCULimit.sol/HCULimit.json",
  pauserSet: "immutable/PauserSet.sol/PauserSet.json",
} as const satisfies Record<keyof typeof HOST_ADDRESSES, string>;

export type HostContracts = Readonly<Record<keyof typeof HOST_ADDRESSES, HostArtifact>>;

async function readArtifact(folder: string, file: string): Promise<HostArtifact> {
  const artifact = artifactSchema.parse(JSON.parse(await readFile(path.join(folder, "artifacts", "contracts", file), "utf8")));
  return { abi: new Interface(JSON.stringify(artifact.abi)), code: artifact.deployedBytecode };
}

/** ABI and code of the host contracts, as Zama publishes them in @fhevm/host-contracts. */
export async function readHostContracts(): Promise<HostContracts> {
  const folder = path.dirname(createRequire(import.meta.url).resolve("@fhevm/host-contracts/package.json"));
  const read = (name: keyof typeof files): Promise<HostArtifact> => readArtifact(folder, files[name]);
  return {
    acl: await read("acl"),
    executor: await read("executor"),
    kmsVerifier: await read("kmsVerifier"),
    inputVerifier: await read("inputVerifier"),
    hcuLimit: await read("hcuLimit"),
    pauserSet: await read("pauserSet"),
  };
}

export type HostSetUp = {
  chain: Chain;
  contracts: HostContracts;
  /** Owner of the host contracts, also the sender of the two initialisations. */
  ownerKey: string;
  coprocessorSigner: string;
  kmsSigner: string;
  /** Accounts that begin with 10,000 test ether. */
  funded: readonly string[];
};

/**
 * Places the host contracts on a new chain: published runtime code at the addresses that is baked into it, the storage
 * that their proxies' initialisation would leave, then the two initialisations that name the signers. All or nothing:
 * the chain is dumped only when everything stands.
 */
export async function placeHostContracts(setUp: HostSetUp): Promise<void> {
  const owner = new Wallet(setUp.ownerKey);
  await setUp.chain.alter(async (node) => {
    for (const account of [owner.address, ...setUp.funded]) await node.call("anvil_setBalance", [account, startingBalance]);
    for (const name of hostNames) await node.call("anvil_setCode", [HOST_ADDRESSES[name], setUp.contracts[name].code]);
    await writeSlot(node, HOST_ADDRESSES.acl, slots.owner, owner.address);
    for (const verifier of [HOST_ADDRESSES.kmsVerifier, HOST_ADDRESSES.inputVerifier]) await writeSlot(node, verifier, slots.initialized, "0x01");
    await initialise(node, owner, setUp);
  });
}

const hostNames = ["acl", "executor", "kmsVerifier", "inputVerifier", "hcuLimit", "pauserSet"] as const satisfies readonly (keyof typeof files)[];
const startingBalance = `0x${(10_000n * 10n ** 18n).toString(16)}`;

async function writeSlot(node: ChainNode, contract: string, slot: string, value: string): Promise<void> {
  await node.call("anvil_setStorageAt", [contract, slot, zeroPadValue(value, 32)]);
}

async function initialise(node: ChainNode, owner: Wallet, setUp: HostSetUp): Promise<void> {
  const calls = [
    { to: HOST_ADDRESSES.kmsVerifier, abi: setUp.contracts.kmsVerifier.abi, verifier: GATEWAY_ADDRESSES.decryption, signer: setUp.kmsSigner },
    { to: HOST_ADDRESSES.inputVerifier, abi: setUp.contracts.inputVerifier.abi, verifier: GATEWAY_ADDRESSES.inputVerification, signer: setUp.coprocessorSigner },
  ];
  for (const [nonce, { to, abi, verifier, signer }] of calls.entries()) {
    const data = abi.encodeFunctionData("initializeFromEmptyProxy", [verifier, GATEWAY_CHAIN_ID, [signer], 1]);
    const raw = await owner.signTransaction(Transaction.from({ type: 2, chainId: CHAIN_ID, nonce, to, data, gasLimit: 1_000_000, maxFeePerGas: 10n ** 10n, maxPriorityFeePerGas: 1n }));
    if (isHex(raw)) await node.send(raw);
  }
  const head = await node.head();
  await node.mine(Math.max(head.timestamp + 1, Math.floor(Date.now() / 1000)));
}

/** Throws `config.invalid` when the chain's verifiers do not name the given signers: its folder and the keys' do not belong together. */
export async function checkHostContracts({ chain, contracts, kmsSigner, coprocessorSigner }: Omit<HostSetUp, "ownerKey" | "funded">): Promise<void> {
  const [kms] = await readContract(chain, { address: HOST_ADDRESSES.kmsVerifier, abi: contracts.kmsVerifier.abi, name: "getKmsSigners" });
  const [coprocessor] = await readContract(chain, { address: HOST_ADDRESSES.inputVerifier, abi: contracts.inputVerifier.abi, name: "getCoprocessorSigners" });
  if (String(kms) === kmsSigner && String(coprocessor) === coprocessorSigner) return;
  throw new AppError("config.invalid", "The local chain was set up with other keys than the ones in this folder. Run npm run reset.");
}
