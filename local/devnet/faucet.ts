import { Interface } from "ethers";
import { AppError } from "@/lib/kernel/errors";
import type { Hex } from "@/lib/kernel/hex";
import type { Clock } from "@/lib/kernel/time";
import type { LocalSender } from "@/local/devnet/local-sender";
import { createMutex } from "@/local/devnet/mutex";

export type FaucetOptions = {
  sender: Pick<LocalSender, "send">;
  /** The test dollar: who asks may mint it. */
  token: string;
  clock: Clock;
};

/** Gives test money away. */
export type Faucet = {
  /**
   * Ten test ether and a thousand test dollars; the hash of the transaction after which both are there.
   * Throws `request.too-many` within a minute of the last gift to the same address.
   */
  give(address: string): Promise<Hex>;
};

const gift = { ether: 10n * 10n ** 18n, dollars: 1_000n * 10n ** 6n };
const gasLimit = 200_000;
const pauseMs = 60_000;
const tokenAbi = new Interface(["function mint(address to, uint256 amount)"]);

export function createFaucet({ sender, token, clock }: FaucetOptions): Faucet {
  const mutex = createMutex();
  const givenAt = new Map<string, number>();

  const claim = (key: string): void => {
    const nowMs = clock.nowMs();
    for (const [one, at] of givenAt) if (nowMs - at >= pauseMs) givenAt.delete(one);
    if (givenAt.has(key)) throw new AppError("request.too-many", "The faucet gives once a minute to an address.", { details: { retryAfterSeconds: pauseMs / 1_000 } });
    givenAt.set(key, nowMs);
  };

  return {
    give: (address) =>
      mutex.run(async () => {
        const key = address.toLowerCase();
        claim(key);
        try {
          await sender.send({ to: address, value: gift.ether, gasLimit });
          return await sender.send({ to: token, data: tokenAbi.encodeFunctionData("mint", [address, gift.dollars]), gasLimit });
        } catch (error) {
          givenAt.delete(key);
          throw error;
        }
      }),
  };
}
