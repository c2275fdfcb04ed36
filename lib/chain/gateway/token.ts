import { Signature, ZeroHash } from "ethers";
import type { TestDollar } from "@/lib/chain/abi/TestDollar";
import { TestDollar__factory as Factory } from "@/lib/chain/abi/factories/TestDollar__factory";
import type { Chain } from "@/lib/chain/gateway/provider";
import { toAppError } from "@/lib/chain/gateway/revert";
import { signTypedData, type Signer } from "@/lib/chain/gateway/signer";
import { sendTransaction } from "@/lib/chain/gateway/transaction";
import { permitTypedData } from "@/lib/chain/model/typed-data";

function tokenAt(chain: Chain, token: string): TestDollar {
  return Factory.connect(token, chain.provider);
}

/** An account's balance in token units. */
export async function getTokenBalance(chain: Chain, account: string, token = chain.network.addresses.token): Promise<bigint> {
  return tokenAt(chain, token)
    .balanceOf(account)
    .catch((error: unknown) => {
      throw toAppError(error, { what: "read a token balance" });
    });
}

/** Symbol and number of decimals of a token. */
export async function getTokenFacts(chain: Chain, token = chain.network.addresses.token): Promise<{ symbol: string; decimals: number }> {
  const contract = tokenAt(chain, token);
  const [symbol, decimals] = await Promise.all([contract.symbol(), contract.decimals()]).catch((error: unknown) => {
    throw toAppError(error, { what: "read the token's symbol" });
  });
  return { symbol, decimals: Number(decimals) };
}

/** A permit as the marketplace takes it; `deadline` 0 means that none is given. */
export type Permit = { deadline: number; v: number; r: string; s: string };

/** No permit: the marketplace then uses the allowance that is there. */
export const noPermit: Permit = { deadline: 0, v: 0, r: ZeroHash, s: ZeroHash };

/**
 * The owner's ERC-2612 permit for `spender` over `value` token units until `deadline` (unix seconds).
 * Name and version are read from the token itself (EIP-5267); nothing is sent.
 */
export async function signPermit(
  chain: Chain,
  owner: Signer,
  { token, spender, value, deadline }: { token: string; spender: string; value: bigint; deadline: number },
): Promise<Permit> {
  const contract = tokenAt(chain, token);
  const [nonce, domain] = await Promise.all([contract.nonces(owner.address), contract.eip712Domain()]).catch((error: unknown) => {
    throw toAppError(error, { what: "prepare a token permit" });
  });
  const data = permitTypedData(
    { name: domain.name, version: domain.version, chainId: chain.network.chainId, verifyingContract: token },
    { owner: owner.address, spender, value, nonce, deadline },
  );
  const { v, r, s } = Signature.from(await signTypedData(owner.privateKey, data));
  return { deadline, v, r, s };
}

/** Allows `spender` to take `value` token units, for tokens without permits. */
export async function approveToken(
  chain: Chain,
  owner: Signer,
  { token, spender, value }: { token: string; spender: string; value: bigint },
): Promise<void> {
  await sendTransaction(chain, owner, {
    what: "approve a token amount",
    to: token,
    data: tokenAt(chain, token).interface.encodeFunctionData("approve", [spender, value]),
  });
}
