import "server-only";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { isAppError } from "@/lib/kernel/errors";
import { readAnswer, type ApiClient } from "@/lib/ingest/gateway/api-client";
import { contributionAnswerSchema, contributionStatusSchema, deviceAnswerSchema, ticketWireSchema, type ContributionStatus, type PreparedItem } from "@/lib/ingest/schema";

/** This device at a site: it registers itself when it is first needed, and keeps its token in a folder (mode 0600). */
export class ApiDevice {
  readonly #api: ApiClient;
  readonly #file: string;

  constructor(api: ApiClient, folder: string) {
    this.#api = api;
    this.#file = path.join(folder, "device.token");
  }

  async #token(): Promise<string> {
    const known = (await readFile(this.#file, "utf8").catch(() => "")).trim(); // not registered yet
    if (known !== "") return known;
    const { token } = readAnswer(deviceAnswerSchema, await this.#api.POST("/devices", { params: {}, body: {} }));
    await mkdir(path.dirname(this.#file), { recursive: true, mode: 0o700 });
    await writeFile(this.#file, `${token}\n`, { mode: 0o600 });
    return token;
  }

  async #askTicket({ oneTimeAddress, regionId, epoch, maxLevel, vehicles }: PreparedItem): Promise<{ expiry: number; signature: string }> {
    const headers = { authorization: `Bearer ${await this.#token()}` };
    const body = { oneTimeAddress, regionId, epoch, maxLevel, vehicles };
    return readAnswer(ticketWireSchema, await this.#api.POST("/tickets", { params: {}, headers, body }));
  }

  /** A ticket for an item. A site whose database is new does not know the device any more: it is registered again. */
  async #ticketFor(item: PreparedItem): Promise<{ expiry: number; signature: string }> {
    try {
      return await this.#askTicket(item);
    } catch (error) {
      if (!isAppError(error, "device.unknown")) throw error;
      await rm(this.#file, { force: true });
      return this.#askTicket(item);
    }
  }

  /**
   * Gets a ticket for an item and posts both; resolves to the contribution's id at the site. The post carries no token.
   * Safe to repeat: the site answers the same id. Throws the site's refusals and `site.unreachable`.
   */
  async post(item: PreparedItem): Promise<string> {
    const { expiry, signature } = await this.#ticketFor(item);
    const body = { ...item, ticketExpiry: expiry, ticketSignature: signature };
    return readAnswer(contributionAnswerSchema, await this.#api.POST("/contributions", { params: {}, body })).id;
  }

  /** Where a posted contribution stands. */
  async ask(id: string): Promise<ContributionStatus> {
    return readAnswer(contributionStatusSchema, await this.#api.GET("/contributions/{id}", { params: { path: { id } } }));
  }
}
