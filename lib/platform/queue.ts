import "server-only";
import { PgBoss } from "pg-boss";

/**
 * What the worker is asked to look after. A job says only that it is time to look: what is to be done stands in the
 * product's own tables, so that a job that is lost, late or done twice harms nothing.
 */
export const queueNames = ["contributions", "epochs", "janitor"] as const;

export type QueueName = (typeof queueNames)[number];

export type QueueOptions = {
  /** Told of what goes wrong in the background: a connection that broke, a slow query. */
  onError?: (error: Error) => void;
};

export type Queue = {
  /** Asks for a look. Many who ask at once are served by one look. */
  ask(name: QueueName): Promise<void>;
  /** Looks whenever asked; `pollSeconds`, at least 0.5, is how often an idle process finds out. A look that fails is logged by whoever looks. */
  serve(name: QueueName, look: () => Promise<void>, options?: { pollSeconds?: number }): Promise<void>;
  /** Asks again and again by the clock, once for all workers (cron, minutes). */
  askEvery(name: QueueName, cron: string): Promise<void>;
  /** Looks that are under way are finished first, for at most `timeoutMs`. */
  stop(options?: { timeoutMs?: number }): Promise<void>;
};

/** Looks that were asked for are history at once; one of a process that was killed is given up after two minutes. */
const look = { policy: "short", retryLimit: 0, expireInSeconds: 120, retentionSeconds: 600, deleteAfterSeconds: 60 } as const;

/** Opens the queue in schema `pgboss` of the database, making it when it is not there. Throws the database's own error when it does not answer. */
export async function openQueue(databaseUrl: string, { onError = () => undefined }: QueueOptions = {}): Promise<Queue> {
  const boss = new PgBoss({ connectionString: databaseUrl, schema: "pgboss", max: 4, connectionTimeoutMillis: 5_000, application_name: "traffic-queue" });
  boss.on("error", onError); // without a listener, a connection that breaks would end the process
  await boss.start();
  for (const name of queueNames) await boss.createQueue(name, look);
  return {
    ask: async (name) => void (await boss.send(name, {})),
    serve: async (name, task, { pollSeconds = 0.5 } = {}) => void (await boss.work(name, { pollingIntervalSeconds: pollSeconds }, () => task())),
    askEvery: (name, cron) => boss.schedule(name, cron),
    stop: ({ timeoutMs = 10_000 } = {}) => boss.stop({ graceful: true, timeout: timeoutMs }),
  };
}
