import { z } from "zod";
import { isHex, type Hex } from "@/lib/kernel/hex";
import { refusals } from "@/lib/chain/model/refusal";

const hex = z.custom<Hex>((value) => typeof value === "string" && isHex(value), "must be 0x-hexadecimal");
const uint = z.number().int().min(0);

/** What the ticket service answers: the ticket's end and the ticket signer's signature. */
export const ticketAnswerSchema = z.object({ expiry: uint, signature: hex });

/** An item that is ready to be sent, without its ticket. Everything in it is public once it is sent. */
export const preparedItemSchema = z.object({
  regionId: uint,
  epoch: uint,
  cover: uint,
  /** H3 index as decimal text; "0" for a single vehicle. */
  tile: z.string().regex(/^\d+$/),
  levels: z.array(uint),
  handles: z.array(hex),
  vehicles: uint,
  oneTimeAddress: hex,
  signature: hex,
  inputProof: hex,
  maxLevel: uint,
});

export type PreparedItem = z.infer<typeof preparedItemSchema>;

/** One line of the run journal. */
export const journalEntrySchema = z.discriminatedUnion("type", [
  /** Written before the item is sent for the first time: from here on it may be counted. */
  z.object({ type: z.literal("prepared"), id: z.string(), item: preparedItemSchema }),
  /** The site has it under this id: asked about by a later run, also when its epoch is closed by then. */
  z.object({ type: z.literal("posted"), id: z.string(), contribution: z.string() }),
  z.object({ type: z.literal("accepted"), id: z.string(), transaction: z.string().nullable() }),
  z.object({ type: z.literal("refused"), id: z.string(), reason: z.enum([...refusals, "unknown"]) }),
]);

export type JournalEntry = z.infer<typeof journalEntrySchema>;

const word = z.codec(z.string().regex(/^0x[0-9a-f]{1,64}$/), z.bigint(), {
  decode: (text) => BigInt(text),
  encode: (value) => `0x${value.toString(16)}`,
});
const itemBase = { id: z.string(), regionId: uint, epoch: uint };

/** A planned contribution as it is kept until it is sent. */
export const plannedItemSchema = z.discriminatedUnion("kind", [
  z.object({ ...itemBase, kind: z.literal("vehicle"), cover: uint, words: z.array(word) }),
  z.object({ ...itemBase, kind: z.literal("fleet"), tile: z.string(), planes: z.array(word), vehicles: uint }),
]);

/** Contributions of some vehicles to one region that are not all sent yet. Holds cells, so it never leaves the device. */
export const planSchema = z.object({
  id: z.string(),
  chainId: uint,
  histogram: z.string(),
  regionId: uint,
  /** Hashes of the recordings. */
  vehicles: z.array(z.string()),
  items: z.array(plannedItemSchema),
});

export type Plan = z.infer<typeof planSchema>;

const position = { latitude: z.number(), longitude: z.number() };

/** Everything that this device remembers about its vehicles. Never sent; to be part of the owner's backup. */
export const deviceStateSchema = z.object({
  zones: z.array(z.object({ place: z.object(position), centre: z.object(position), radiusMetres: z.number() })),
  /** Privacy budgets by recording. */
  books: z.record(z.string(), z.object({ spent: z.record(z.string(), z.number()), contributed: z.record(z.string(), z.array(z.number())) })),
  plans: z.array(planSchema),
});

export type DeviceState = z.infer<typeof deviceStateSchema>;

const uint32 = z.number().int().min(0).max(0xffff_ffff);
const uint16 = z.number().int().min(0).max(0xffff);
const unixSecond = z.number().int().min(0).max(2 ** 48);
const bytes = (length: number) =>
  z.string().regex(new RegExp(`^0x[0-9a-fA-F]{${2 * length}}$`), `must be ${length} bytes as 0x-hexadecimal`).refine(isHex);
/** The contract takes no longer ones. */
const inputProofBytesMax = 2_048;
const inputProof = z.string().regex(new RegExp(`^0x(?:[0-9a-fA-F]{2}){1,${inputProofBytesMax}}$`), `must be 1 to ${inputProofBytesMax} bytes as 0x-hexadecimal`).refine(isHex);
const levelMax = 7;

/** What `POST /api/v1/devices` answers. The token is shown this once. */
export const deviceAnswerSchema = z.strictObject({
  deviceId: z.uuid(),
  token: z.string().meta({ description: "Sent as a bearer token when asking for tickets; never with a contribution." }),
});

export const deviceRequestSchema = z.strictObject({});

export const ticketRequestSchema = z.strictObject({
  oneTimeAddress: bytes(20).meta({ description: "Address of a key made for this one contribution." }),
  regionId: uint32.min(1),
  epoch: uint32,
  maxLevel: z.number().int().min(0).max(levelMax).meta({ description: "Highest level of a fleet's contribution; 0 for a single vehicle." }),
  vehicles: uint16.min(1).meta({ description: "1, or a fleet's size, which is public." }),
});

export const ticketWireSchema = z.strictObject({
  expiry: unixSecond.meta({ description: "Unix second until which the ticket is good." }),
  signature: bytes(65).meta({ description: "EIP-712 signature of the ticket by the ticket signer." }),
});

export const contributionRequestSchema = z.strictObject({
  regionId: uint32.min(1),
  epoch: uint32,
  cover: uint16.meta({ description: "Index of the cover in the region; 0 for a fleet." }),
  tile: z.string().regex(/^(0|[1-9]\d{0,19})$/, "must be an H3 index as decimal text").meta({ description: 'A fleet\'s tile as decimal text; "0" for a single vehicle.' }),
  levels: z.array(z.number().int().min(0).max(levelMax)).max(levelMax + 1).meta({ description: "0 to the highest level of a fleet; empty for a single vehicle." }),
  handles: z.array(bytes(32)).min(1).max(levelMax + 1).meta({ description: "Handles of the encrypted words." }),
  vehicles: uint16.min(1),
  oneTimeAddress: bytes(20),
  signature: bytes(65).meta({ description: "EIP-712 signature of the contribution by the one-time address." }),
  inputProof: inputProof.meta({ description: "Handles and attestations as the chain takes them." }),
  maxLevel: z.number().int().min(0).max(levelMax).meta({ description: "As in the ticket." }),
  ticketExpiry: unixSecond,
  ticketSignature: bytes(65),
});

export type ContributionRequest = z.infer<typeof contributionRequestSchema>;

export const contributionStates = ["queued", "batched", "accepted", "refused", "stalled"] as const;

export const contributionAnswerSchema = z.strictObject({
  id: z.uuid(),
  state: z.enum(contributionStates),
  statusUrl: z.string().meta({ description: "Path of this contribution's state." }),
});

export const contributionStatusSchema = z.strictObject({
  id: z.uuid(),
  state: z.enum(contributionStates).meta({ description: "queued and batched: on the way; accepted: counted on chain; refused: never counted; stalled: an operator looks at it." }),
  reason: z.string().nullable().meta({ description: "Why it was refused or is stalled." }),
  regionId: uint32,
  epoch: uint32,
  cover: uint16,
  transaction: z.string().nullable().meta({ description: "Hash of the transaction that carries it." }),
});

export type ContributionStatus = z.infer<typeof contributionStatusSchema>;
