import { randomUUID } from "node:crypto";
import cors from "@fastify/cors";
import Fastify, { type FastifyInstance } from "fastify";
import { AppError, isAppError } from "@/lib/kernel/errors";

/**
 * A proof keeps a client's event loop busy for half a minute, and with it whatever would keep a connection open:
 * the server must not close one meanwhile.
 */
const keepAliveMs = 15 * 60_000;
/** A batch of calls with many contributions. */
const bodyBytesMax = 32 << 20;

const loopbackOrigin = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;

/** The devnet's HTTP server, without its routes. Pages of this machine may read its answers. */
export async function createHttpServer(): Promise<FastifyInstance> {
  const server = Fastify({ bodyLimit: bodyBytesMax, keepAliveTimeout: keepAliveMs, forceCloseConnections: true, genReqId: () => randomUUID() });
  server.server.headersTimeout = keepAliveMs + 10_000;
  await server.register(cors, { origin: loopbackOrigin, methods: ["GET", "POST"], exposedHeaders: ["Retry-After"], maxAge: 600 });
  // Pages that are isolated for threads may only load what says so.
  server.addHook("onSend", async (_request, reply) => {
    reply.header("cross-origin-resource-policy", "cross-origin");
  });
  return server;
}

/** Listens on loopback only. Throws `config.invalid` when the port is taken. */
export async function listen(server: FastifyInstance, port: number): Promise<void> {
  try {
    await server.listen({ host: "127.0.0.1", port });
  } catch (cause) {
    throw new AppError("config.invalid", `Port ${port} is taken. Set DEVNET_PORT to a free one.`, { cause });
  }
}

const statuses: Readonly<Record<string, number>> = { "request.invalid": 400, "request.not-found": 404, "request.too-many": 429, "engine.unavailable": 503, "chain.unreachable": 503 };

/** Answers refusals of the devnet's own routes as `{code, message}`. */
export function answerRefusals(server: FastifyInstance): void {
  server.setErrorHandler((error: unknown, _request, reply) => {
    const isOurs = isAppError(error);
    const isBadRequest = error instanceof Error && "statusCode" in error && error.statusCode === 400;
    const refusal = isOurs ? error : new AppError(isBadRequest ? "request.invalid" : "internal", isBadRequest ? error.message : "The devnet failed on this request.");
    const retryAfter = refusal.details["retryAfterSeconds"];
    if (retryAfter !== undefined) reply.header("retry-after", String(retryAfter));
    return reply.code(statuses[refusal.code] ?? 500).send({ code: refusal.code, message: refusal.message });
  });
}
