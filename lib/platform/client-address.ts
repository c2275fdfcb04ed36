import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { isIPv6 } from "node:net";

/** Set by this process on every request, over whatever a caller claims. */
const addressHeader = "x-traffic-client-address";

function isRequest(message: unknown): message is { request: IncomingMessage } {
  return typeof message === "object" && message !== null && "request" in message;
}

/**
 * Writes each connection's own address into a header that only this process can set, before anybody reads the request.
 * Needed because handlers see headers alone, and X-Forwarded-For is whatever a caller says.
 */
export function watchClientAddresses(): void {
  subscribe("http.server.request.start", (message) => {
    if (isRequest(message)) message.request.headers[addressHeader] = message.request.socket.remoteAddress ?? "unknown";
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
