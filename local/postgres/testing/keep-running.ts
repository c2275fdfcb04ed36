import { startPostgres } from "@/local/postgres/server";

/** Starts a throwaway server in a folder (first argument) on a port (second) and says so; runs until it is killed. */
const [folder = "", port = ""] = process.argv.slice(2);
const server = await startPostgres({ folder, port: Number(port), throwaway: true });
process.stdout.write(`${server.url}\n`);
setInterval(() => undefined, 60_000);
