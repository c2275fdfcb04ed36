import type { FastifyInstance, FastifyReply } from "fastify";
import type { Wallet } from "ethers";
import type { Logger } from "pino";
import { isAppError } from "@/lib/kernel/errors";
import { systemClock } from "@/lib/kernel/time";
import type { Ciphertexts } from "@/local/devnet/ciphertexts";
import type { Engine } from "@/local/devnet/engine";
import { proveInput } from "@/local/devnet/input-proof";
import { createJobs } from "@/local/devnet/jobs";
import { decryptPublicly } from "@/local/devnet/public-decrypt";
import { refusalBody, refusalStatus, RelayerRefusal } from "@/local/devnet/relayer-refusal";
import { delegatedUserDecryptSchema, inputProofSchema, parseRequest, publicDecryptSchema, userDecryptSchema } from "@/local/devnet/relayer-schema";
import { decryptForReader, type ReadServices } from "@/local/devnet/user-decrypt";

/** What the relayer works with once the chain stands. */
export type RelayerServices = { ciphertexts: Ciphertexts; kms: Wallet; coprocessor: Wallet };

export type RelayerOptions = {
  engine: Engine;
  /** Undefined while the devnet is starting. */
  services(): RelayerServices | undefined;
  /** Where clients find the devnet, without a slash at the end. */
  baseUrl: string;
  log: Logger;
};

/** Requests under way at most, and how long a result waits to be fetched. */
const limits = { runningMax: 1_000, keepMs: 10 * 60_000 };
const retryAfterSeconds = "1";
const minutesUntilPatienceEnds = 30;

/** Turns whatever went wrong into one of the relayer's own refusals. */
export function toRefusal(error: unknown, log: Logger): RelayerRefusal {
  if (error instanceof RelayerRefusal) return error;
  if (isAppError(error, "engine.unavailable") || isAppError(error, "chain.unreachable")) return new RelayerRefusal("gateway_not_reachable", error.message);
  if (isAppError(error, "engine.refused")) return new RelayerRefusal("request_error", error.message);
  log.error({ err: error }, "a relayer request failed");
  return new RelayerRefusal("internal_server_error", "The devnet failed on this request; its log says why.");
}

function sendRefusal(reply: FastifyReply, refusal: RelayerRefusal, requestId: string): FastifyReply {
  return reply.code(refusalStatus[refusal.label]).header("retry-after", retryAfterSeconds).send(refusalBody(refusal, requestId));
}

/** Each kind of work, from a request's body and the SDK's name to a promise of the result. */
type Work = (body: unknown, sdk: string) => () => Promise<unknown>;

/** @fhevm/sdk verifies answers over the extra data that it sent, relayer-sdk 0.4.x over nothing. */
const signedExtraData = (sdk: string): "0x" | "0x00" => (sdk.startsWith("@fhevm/sdk") ? "0x00" : "0x");

function createWorks({ engine, services }: RelayerOptions): ReadonlyMap<string, Work> {
  const need = (): RelayerServices => {
    const ready = services();
    if (ready === undefined) throw new RelayerRefusal("gateway_not_reachable", "The devnet is starting.");
    return ready;
  };
  const readServices = (sdk: string): ReadServices => ({ ...need(), clock: systemClock, signedExtraData: signedExtraData(sdk) });
  return new Map<string, Work>([
    [
      "input-proof",
      (body) => {
        const request = parseRequest(inputProofSchema, body);
        const { coprocessor } = need();
        return () => proveInput({ engine, coprocessor }, request);
      },
    ],
    [
      "user-decrypt",
      (body, sdk) => {
        const { requestValidity, userAddress, ...request } = parseRequest(userDecryptSchema, body);
        const reading = readServices(sdk);
        const window = { start: "requestValidity.startTimestamp", duration: "requestValidity.durationDays" };
        return () => decryptForReader(reading, { ...request, ...requestValidity, window, reader: userAddress });
      },
    ],
    [
      "delegated-user-decrypt",
      (body, sdk) => {
        const { delegatorAddress, delegateAddress, ...request } = parseRequest(delegatedUserDecryptSchema, body);
        const reading = readServices(sdk);
        const window = { start: "startTimestamp", duration: "durationDays" };
        return () => decryptForReader(reading, { ...request, window, reader: delegateAddress, delegator: delegatorAddress });
      },
    ],
    [
      "public-decrypt",
      (body) => {
        const request = parseRequest(publicDecryptSchema, body);
        const reading = need();
        return () => decryptPublicly(reading, request);
      },
    ],
  ]);
}

/** The relayer's HTTP API, version 2 (relayer-sdk 0.4.3): work is queued at once and fetched later. */
export function registerRelayerApi(server: FastifyInstance, options: RelayerOptions): void {
  const jobs = createJobs(limits);
  const works = createWorks(options);
  const { engine, log, baseUrl } = options;

  server.setErrorHandler((error: unknown, request, reply) => {
    const isBadBody = error instanceof Error && "statusCode" in error && (error.statusCode === 400 || error.statusCode === 415);
    const refusal = isBadBody ? new RelayerRefusal("malformed_json", error.message) : toRefusal(error, log);
    return sendRefusal(reply, refusal, request.id);
  });
  server.setNotFoundHandler((request, reply) => {
    const details = [{ field: "url", issue: "is not part of the relayer's API" }];
    return sendRefusal(reply, new RelayerRefusal("not_found", `There is no ${request.method} ${request.url}.`, details), request.id);
  });

  server.get("/keyurl", async () => {
    const waitingFor = engine.waitingFor();
    if (waitingFor !== null) throw new RelayerRefusal("gateway_not_reachable", `Waiting for ${waitingFor}.`);
    const { publicKeyId, crsId } = await engine.material();
    const publicKey = { dataId: publicKeyId, urls: [`${baseUrl}/keys/${publicKeyId}`] };
    return { response: { fheKeyInfo: [{ fhePublicKey: publicKey }], crs: { 2048: { dataId: crsId, urls: [`${baseUrl}/keys/${crsId}`] } } } };
  });

  for (const [name, work] of works) {
    server.post(`/${name}`, async (request, reply) => {
      const jobId = jobs.start(work(request.body, String(request.headers["zama-sdk-name"] ?? "")));
      return reply.code(202).header("retry-after", retryAfterSeconds).send({ status: "queued", requestId: request.id, result: { jobId } });
    });
    server.get<{ Params: { jobId: string } }>(`/${name}/:jobId`, async (request, reply) => {
      const job = jobs.find(request.params.jobId);
      if (job === undefined) throw new RelayerRefusal("not_found", "There is no such job; after a restart of the devnet, ask anew.", [{ field: "jobId", issue: "is unknown" }]);
      if (job.status === "failed") throw job.error;
      if (job.status === "succeeded") return { status: "succeeded", requestId: request.id, result: job.result };
      return reply.code(202).header("retry-after", retryAfterSeconds).send({ status: "queued", requestId: request.id });
    });
  }
}

/** How long one decryption may be computed before its asker is told to come back. */
export const patienceMs = minutesUntilPatienceEnds * 60_000;
