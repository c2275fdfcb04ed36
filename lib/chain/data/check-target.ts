import { formatEther } from "ethers";
import { readFees } from "@/lib/chain/gateway/gas-price";
import { readChainClock, type Chain } from "@/lib/chain/gateway/provider";
import { getTokenFacts } from "@/lib/chain/gateway/token";
import { weiOfGwei } from "@/lib/chain/model/gas-price";

/** One thing that was looked at before anything is sent; `detail` says what was found and, when it is not well, what to do. */
export type Check = { name: string; ok: boolean; detail: string };

export type Target = {
  chain: Chain;
  deployer: string;
  /** Contracts of the protocol that must stand there, by name. */
  hosts: Readonly<Record<string, string>>;
  gasPriceMaxGwei: number;
  /** Gas of everything that is still to be sent. */
  gasNeeded: bigint;
  /** Whether a development node and the test token will do: in tests only. */
  allowsStandIns: boolean;
  nowSeconds: number;
};

const skewSecondsMax = 60;

/** A look that fails is a check that is not well, not the end of the looking. */
async function look(name: string, task: () => Promise<Omit<Check, "name">>): Promise<Check> {
  try {
    return { name, ...(await task()) };
  } catch (error) {
    return { name, ok: false, detail: error instanceof Error ? error.message : String(error) };
  }
}

async function checkIdentity({ chain }: Target): Promise<Omit<Check, "name">> {
  const actual = Number(await chain.provider.send("eth_chainId", []));
  const { chainId, rpcUrl } = chain.network;
  const host = new URL(rpcUrl).host;
  return actual === chainId ? { ok: true, detail: `${chainId} at ${host}` } : { ok: false, detail: `${host} is chain ${actual}, not ${chainId}. Check RPC_URL and --network.` };
}

async function checkNode({ chain, allowsStandIns }: Target): Promise<Omit<Check, "name">> {
  const version = String(await chain.provider.send("web3_clientVersion", []));
  const isDevelopment = /anvil|hardhat|ganache/i.test(version);
  return { ok: allowsStandIns || !isDevelopment, detail: isDevelopment ? `${version} is a development node: it forgets, and keeps nothing secret` : version };
}

async function checkClock({ chain, nowSeconds }: Target): Promise<Omit<Check, "name">> {
  const skew = Math.round((await readChainClock(chain)).time - nowSeconds);
  return { ok: Math.abs(skew) <= skewSecondsMax, detail: Math.abs(skew) <= skewSecondsMax ? "agrees with the chain's" : `${Math.abs(skew)} s ${skew > 0 ? "behind" : "ahead of"} the chain's newest block: set this machine's clock, or wait for the node to catch up` };
}

async function checkPrice({ chain, gasPriceMaxGwei }: Target): Promise<Omit<Check, "name">> {
  const { maxFeePerGas } = await readFees(chain, { ceiling: weiOfGwei(gasPriceMaxGwei) });
  return { ok: true, detail: `at most ${Number(maxFeePerGas) / 1e9} gwei will be offered, the ceiling is ${gasPriceMaxGwei}` };
}

async function checkBalance({ chain, deployer, gasNeeded, gasPriceMaxGwei }: Target): Promise<Omit<Check, "name">> {
  const balance = await chain.provider.getBalance(deployer);
  const { maxFeePerGas } = await readFees(chain, { ceiling: null });
  const ceiling = weiOfGwei(gasPriceMaxGwei);
  const needed = gasNeeded * (maxFeePerGas < ceiling ? maxFeePerGas : ceiling);
  const detail = `${deployer} has ${formatEther(balance)} ETH, and ${formatEther(needed)} may be needed`;
  return balance >= needed ? { ok: true, detail } : { ok: false, detail: `${detail}: send it some` };
}

async function checkCode({ chain }: Target, address: string): Promise<Omit<Check, "name">> {
  const code = await chain.provider.getCode(address);
  return code === "0x" ? { ok: false, detail: `there is no contract at ${address}: this is not the network that the protocol runs on` } : { ok: true, detail: address };
}

/** The token that buyers pay in: an ERC-20, and not the local test token, which anybody may mint. */
async function checkToken({ chain, allowsStandIns }: Target): Promise<Omit<Check, "name">> {
  const { token } = chain.network.addresses;
  const { symbol, decimals } = await getTokenFacts(chain, token);
  if (symbol === "tUSD" && !allowsStandIns) return { ok: false, detail: `${token} is the test token of the local network, which anybody may mint. Set TOKEN_ADDRESS to a real one.` };
  return { ok: true, detail: `${symbol} with ${decimals} decimals at ${token}` };
}

/** Looks at everything on chain that a deployment depends on. Sends nothing, throws nothing. */
export async function checkTarget(target: Target): Promise<Check[]> {
  const identity = await look("chain", () => checkIdentity(target));
  if (!identity.ok) return [identity];
  const hosts = Object.entries(target.hosts).map(([name, address]) => look(`protocol: ${name}`, () => checkCode(target, address)));
  return [
    identity,
    await look("node", () => checkNode(target)),
    await look("clock", () => checkClock(target)),
    ...(await Promise.all(hosts)),
    await look("token", () => checkToken(target)),
    await look("gas price", () => checkPrice(target)),
    await look("balance", () => checkBalance(target)),
  ];
}
