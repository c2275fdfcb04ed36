import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { isIPv6 } from "node:net";

/** Set by this process on every request, over whatever a caller claims. */
const addressHeader = "x-traffic-client-address";

function isRequest(message: unknown): message is { request: IncomingMessage } {
  return typeof message === "object" && message !== null && "request" in message;
}

/** Where requests go whose address can't be read: there is nothing, and the API's own answer says so. */
const nowhere = "/api/unreadable-address";

/** Whether an address's percent-encoding is UTF-8 throughout. */
export function isReadable(url: string): boolean {
  try {
    decodeURIComponent(url);
    return true;
  } catch {
    return false; // a URIError: a lone % or bytes that are no UTF-8
  }
}

/**
 * Prepares every request before anybody reads it. Writes the connection's own address into a header that only this process
 * can set, because handlers see headers alone and X-Forwarded-For is whatever a caller says. Sends requests whose address
 * can't be decoded to where there is nothing, because the framework would fail at them (500).
 */
export function watchRequests(): void {
  subscribe("http.server.request.start", (message) => {
    if (!isRequest(message)) return;
    const { request } = message;
    request.headers[addressHeader] = request.socket.remoteAddress ?? "unknown";
    if (!isReadable(request.url ?? "/")) request.url = nowhere;
  });
}

/** IPv6 callers own a whole /64; two addresses of it are one caller. */
function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
  if (!isIPv6(plain)) return plain;
  const [head = "", tail] = plain.split("::");
  const first = head === "" ? [] : head.split(":");
  const last = tail === undefined || tail === "" ? [] : tail.split(":");
  const filling = tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => "0");
  return [...first, ...filling, ...last].slice(0, 4).map((part) => Number.parseInt(part, 16).toString(16)).join(":");
}

/**
 * Where a request comes from, for limits only: never log it, never store it.
 * With `trustedProxies` reverse proxies in front of the site, the address that the outermost of them saw.
 */
export function clientNetwork(headers: Headers, trustedProxies: number): string {
  const own = headers.get(addressHeader) ?? "unknown";
  if (trustedProxies === 0) return networkOf(own);
  const seen = (headers.get("x-forwarded-for") ?? "").split(",").map((part) => part.trim()).filter((part) => part !== "");
  return networkOf(seen.at(-trustedProxies) ?? own);
}

function isOwnMachine(network: string): boolean {
  return network.startsWith("127.") || network === "0:0:0:0";
}

/** Whether the request comes from this very machine, and not through a proxy on it. */
export function isLoopback(headers: Headers, trustedProxies: number): boolean {
  const forwarded = (headers.get("x-forwarded-for") ?? "").split(",").map((part) => part.trim()).filter((part) => part !== "");
  return isOwnMachine(clientNetwork(headers, trustedProxies)) && forwarded.every((part) => isOwnMachine(networkOf(part)));
}
