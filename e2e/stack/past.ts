import type { Chain } from "@/lib/chain/gateway/provider";
import { connectSigner } from "@/lib/chain/gateway/signer";
import { importPast } from "@/local/city/import-past";
import type { Devnet } from "@/local/devnet/devnet";

/** Imports at least that many releases of Chicago Central, the newest hours first, and leaves the rest of its past out. */
export async function importSome({ devnet, chain, releases }: { devnet: Devnet; chain: Chain; releases: number }): Promise<void> {
  const enough = new AbortController();
  let before: number | null = null;
  await importPast({
    chain,
    curator: connectSigner(chain, devnet.accounts.curator),
    devnetUrl: devnet.url,
    signal: enough.signal,
    onProgress: ({ done }) => {
      before ??= done;
      if (done - before >= releases) enough.abort();
    },
  });
}
