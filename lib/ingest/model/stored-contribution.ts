import { bytesToHex, isHex, type Hex } from "@/lib/kernel/hex";
import type { SignedContribution } from "@/lib/chain/model/contribution";
import { tileToBigInt } from "@/lib/geo/model/tile";

/** A contribution as the queue keeps it. */
export type StoredContribution = {
  id: string;
  oneTimeAddress: string;
  regionId: number;
  epoch: number;
  cover: number;
  tile: string | null;
  levels: number[];
  handles: string[];
  vehicles: number;
  maxLevel: number;
  signature: string;
  inputProof: Uint8Array | null;
  ticketExpiry: bigint;
  ticketSignature: string;
};

function asHex(text: string): Hex {
  if (isHex(text)) return text;
  throw new RangeError("not hexadecimal");
}

/** What the chain takes. Throws a RangeError or an AppError on a row that is malformed or has lost its proof. */
export function signedContributionOf(row: StoredContribution): SignedContribution {
  if (row.inputProof === null) throw new RangeError("the proof is gone");
  const { regionId, epoch, cover, levels, vehicles, maxLevel } = row;
  return {
    regionId, epoch, cover, levels, vehicles, maxLevel,
    tile: row.tile === null ? 0n : tileToBigInt(row.tile),
    handles: row.handles.map(asHex),
    oneTimeAddress: asHex(row.oneTimeAddress),
    signature: asHex(row.signature),
    inputProof: bytesToHex(row.inputProof),
    ticketExpiry: Number(row.ticketExpiry),
    ticketSignature: asHex(row.ticketSignature),
  };
}
