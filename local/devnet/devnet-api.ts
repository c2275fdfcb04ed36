import { createReadStream } from "node:fs";
import type { Wallet } from "ethers";
import { getAddress, isAddress } from "ethers";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import { isHex } from "@/lib/kernel/hex";
import { attestValues } from "@/local/devnet/attest";
import { CHAIN_ID } from "@/local/devnet/constants";
import type { Engine } from "@/local/devnet/engine";
import type { Faucet } from "@/local/devnet/faucet";
import { answerRefusals } from "@/local/devnet/http-server";
import { readProgress } from "@/local/devnet/progress";
import type { ReleaseIndex } from "@/local/devnet/release-index";
import { importRequestSchema, importSeeded, type ImportParties } from "@/local/devnet/seeded-import";

/** `deployed`: the contracts stand and deployment.json names them; `ready`: the engine computes as well. */
export type DevnetStatus = { chainId: number; engine: "tfhe" | "clear"; ready: boolean; deployed: boolean; block: number; waitingFor: string | null };

export type DevnetApiOptions = {
  engine: Engine;
  coprocessor: () => Wallet | undefined;
  status(): DevnetStatus;
  /** What needs the product's contracts; undefined before they stand. */
  product(): DevnetProduct | undefined;
};

/** What the product's contracts make possible. */
export type DevnetProduct = { faucet: Faucet; releases: ReleaseIndex } & Pick<ImportParties, "curator" | "histogram">;

const address = z.string().refine((text) => isAddress(text), "must be an address").transform((text) => getAddress(text));
const faucetSchema = z.object({ address });
const valuesOfInputMax = 8;
const attestSchema = z.object({
  values: z.array(z.string().regex(/^0x[0-9a-fA-F]{64}$/).refine(isHex)).min(1).max(valuesOfInputMax),
  contractAddress: address,
  userAddress: address,
});

function parseBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new AppError("request.invalid", z.prettifyError(parsed.error));
  return parsed.data;
}

function registerKeys(server: FastifyInstance, engine: Engine): void {
  server.get<{ Params: { id: string } }>("/keys/:id", async (request, reply) => {
    if (engine.waitingFor() !== null) throw new AppError("engine.unavailable", `Waiting for ${engine.waitingFor()}.`);
    const { publicKeyId, publicKeyPath, crsId, crsPath } = await engine.material();
    const file = new Map([[publicKeyId, publicKeyPath], [crsId, crsPath]]).get(request.params.id);
    if (file === undefined) throw new AppError("request.not-found", "There is no key of this id.");
    // The id is the hash of the content, so what was fetched once is good for ever.
    return reply.type("application/octet-stream").header("cache-control", "public, max-age=31536000, immutable").send(createReadStream(file));
  });
}

/** The devnet's own routes: state, progress, test money, the curator's imports and, on the clear engine, inputs without proof. */
export function registerDevnetApi(server: FastifyInstance, options: DevnetApiOptions): void {
  const { engine, status, product, coprocessor } = options;
  answerRefusals(server);
  registerKeys(server, engine);
  const needProduct = (): DevnetProduct => {
    const ready = product();
    if (ready === undefined) throw new AppError("chain.unreachable", `The devnet is starting, it waits for ${status().waitingFor}.`);
    return ready;
  };

  server.get("/devnet/status", async () => status());
  server.get("/devnet/progress", async () => readProgress(engine, needProduct().releases));
  server.get("/devnet/stats", async () => engine.stats());
  server.post("/devnet/faucet", async (request) => ({ transactionHash: await needProduct().faucet.give(parseBody(faucetSchema, request.body).address) }));
  const needCoprocessor = (): Wallet => {
    const signer = coprocessor();
    if (signer === undefined) throw new AppError("chain.unreachable", `Chain ${CHAIN_ID} is starting.`);
    return signer;
  };
  server.post("/devnet/import", async (request) => {
    const { curator, histogram } = needProduct();
    return { inputs: await importSeeded({ engine, coprocessor: needCoprocessor(), curator, histogram }, parseBody(importRequestSchema, request.body)) };
  });
  if (engine.kind !== "clear") return;
  server.post("/devnet/attest", async (request) => attestValues({ engine, coprocessor: needCoprocessor() }, parseBody(attestSchema, request.body)));
}
