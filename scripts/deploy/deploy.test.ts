import { expect, test } from "vitest";
import { addressOfKey } from "@/lib/chain/gateway/signer";
import { publicNetworks } from "@/lib/fhe/gateway/public-networks";
import { parseEnv, type Env } from "@/lib/platform/env";
import { readProductCode } from "@/scripts/deploy/artifacts";
import { readDeploySettings } from "@/scripts/deploy/settings";

const key = (digit: string): string => `0x${digit.repeat(64)}`;
const address = `0x${"ab".repeat(20)}`;

const complete = {
  NETWORK: "mainnet",
  RPC_URL: "https://rpc.example/secret-path",
  RELAYER_API_KEY: "an-api-key",
  DEPLOYER_KEY: key("1"),
  CURATOR_KEY: key("2"),
  TICKET_SIGNER_KEY: key("3"),
  QUOTE_SIGNER_KEY: key("4"),
  SELLER_ADDRESS: address,
  REFUNDER_ADDRESS: address,
  TOKEN_ADDRESS: address,
  GAS_PRICE_MAX_GWEI: "20",
};

function settingsWith(changes: Record<string, string | undefined>): Env {
  return parseEnv({ ...complete, ...changes });
}

test("everything that is needed gives the roles their addresses", () => {
  const { roles, relayerUrl, gasPriceMax } = readDeploySettings(settingsWith({}), publicNetworks.mainnet);
  expect(roles).toEqual({ curator: addressOfKey(key("2")), ticketSigner: addressOfKey(key("3")), quoteSigner: addressOfKey(key("4")), seller: address, refunder: address });
  expect([relayerUrl, gasPriceMax]).toEqual(["https://relayer.mainnet.zama.org/v2", 20]);
});

test.each(Object.keys(complete).filter((name) => name !== "NETWORK"))("without %s nothing begins, and it is named", (name) => {
  expect(() => readDeploySettings(settingsWith({ [name]: undefined }), publicNetworks.mainnet)).toThrow(name);
});

test("all that is missing is named at once", () => {
  expect(() => readDeploySettings(parseEnv({}), publicNetworks.mainnet)).toThrow(/RPC_URL[^]*DEPLOYER_KEY[^]*RELAYER_API_KEY[^]*SELLER_ADDRESS/);
});

test("Sepolia's relayer asks for no key", () => {
  expect(readDeploySettings(settingsWith({ RELAYER_API_KEY: undefined }), publicNetworks.sepolia).relayerApiKey).toBeNull();
});

test("the clear engine is refused", () => {
  expect(() => readDeploySettings(settingsWith({ FHE_ENGINE: "clear" }), publicNetworks.sepolia)).toThrow(/FHE_ENGINE.*31337 only/);
});

test("one key for two roles is refused, without the key in the message", () => {
  const error = ((): unknown => {
    try {
      return readDeploySettings(settingsWith({ QUOTE_SIGNER_KEY: key("3") }), publicNetworks.sepolia);
    } catch (reason) {
      return reason;
    }
  })();
  expect(String(error)).toContain("QUOTE_SIGNER_KEY another key than TICKET_SIGNER_KEY");
  expect(String(error)).not.toContain("3333");
});

test("a key that every development node prints is refused", () => {
  const anvilFirst = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
  expect(() => readDeploySettings(settingsWith({ DEPLOYER_KEY: anvilFirst }), publicNetworks.sepolia)).toThrow(/DEPLOYER_KEY a key that nobody else knows/);
});

test.each(["demo/DemoTrafficHistogram.sol", "token/TestDollar.sol", "mocks/NaiveHistogram.sol"])("%s is never deployed", async (source) => {
  await expect(readProductCode(source)).rejects.toMatchObject({ code: "config.invalid", message: expect.stringContaining("stand-in of the local network") });
});

test("networks are the ones of Zama's SDK, at the addresses that the contracts are compiled with", () => {
  expect(publicNetworks.sepolia).toMatchObject({ chainId: 11_155_111, addresses: { acl: "0xf0Ffdc93b7E186bC2f8CB3dAA75D86d1930A433D" } });
  expect(publicNetworks.mainnet).toMatchObject({ chainId: 1, needsApiKey: true, addresses: { acl: "0xcA2E8f1F656CD25C01F05d0b243Ab1ecd4a8ffb6" } });
});
