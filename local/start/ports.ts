import { createServer } from "node:net";
import { AppError } from "@/lib/kernel/errors";

/** Throws `config.invalid`, which names the variable to set, when something listens on the port. */
export function assertPortFree(port: number, variable: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (cause) =>
      reject(new AppError("config.invalid", `Port ${port} is taken. Stop what uses it (another npm start?) or set ${variable} to a free one.`, { cause })),
    );
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve()));
  });
}

/** Throws `config.invalid` when a port is taken, or given to two. */
export async function assertPortsFree(ports: Readonly<Record<string, number>>): Promise<void> {
  const seen = new Map<number, string>();
  for (const [variable, port] of Object.entries(ports)) {
    const other = seen.get(port);
    if (other !== undefined) throw new AppError("config.invalid", `${other} and ${variable} are both ${port}. Give each a port of its own.`);
    seen.set(port, variable);
    await assertPortFree(port, variable);
  }
}
