import fc from "fast-check";
import { expect, test } from "vitest";
import { typedDataDigest } from "@/lib/chain/gateway/signer";
import { contributionDigest, ticketDigest } from "@/lib/chain/model/digest";
import { contributionTypedData, ticketTypedData } from "@/lib/chain/model/typed-data";
import { bytesToHex } from "@/lib/kernel/hex";

const hex = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map(bytesToHex);
const uint = (bits: number) => fc.bigInt(0n, 2n ** BigInt(bits) - 1n).map(Number);
const contract = fc.record({ chainId: fc.integer({ min: 1, max: 2 ** 31 - 1 }), verifyingContract: hex(20) });

test("a ticket's digest is that of its typed data", () => {
  const ticket = fc.record({ oneTimeAddress: hex(20), regionId: uint(32), epoch: uint(32), maxLevel: uint(8), vehicles: uint(16), expiry: uint(48) });
  fc.assert(fc.property(contract, ticket, (histogram, message) => {
    expect(ticketDigest(histogram, message)).toBe(typedDataDigest(ticketTypedData(histogram, message)));
  }), { seed: 4, numRuns: 50 });
});

test("a contribution's digest is that of its typed data", () => {
  const contribution = fc.record({
    regionId: uint(32), epoch: uint(32), cover: uint(16), tile: fc.bigInt(0n, 2n ** 64n - 1n),
    levels: fc.array(uint(3), { maxLength: 8 }), handles: fc.array(hex(32), { maxLength: 8 }), vehicles: uint(16),
  });
  fc.assert(fc.property(contract, contribution, (histogram, message) => {
    expect(contributionDigest(histogram, message)).toBe(typedDataDigest(contributionTypedData(histogram, message)));
  }), { seed: 5, numRuns: 50 });
});
