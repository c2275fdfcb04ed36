import type { NetworkAnswer } from "@/lib/releases/schema";

export type EngineKind = NetworkAnswer["engine"];

/** Whose arithmetic it is, as every footer says it. */
export const engineWords: Record<EngineKind, string> = {
  clear: "Clear engine: no real encryption, for tests",
  tfhe: "Real ciphertexts, computed on this machine",
  network: "Real ciphertexts, computed by Zama's network",
};

const networkNames: Readonly<Record<number, string>> = { 1: "Ethereum", 11_155_111: "Sepolia test network", 31_337: "Local network" };

/** A chain by its name, else by its number. */
export function networkName(chainId: number): string {
  return networkNames[chainId] ?? `Chain ${chainId}`;
}
