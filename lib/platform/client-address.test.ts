import { describe, expect, test } from "vitest";
import { clientNetwork, isLoopback, isReadable } from "@/lib/platform/client-address";

const own = "x-traffic-client-address";
const headers = (address: string, forwarded?: string): Headers => new Headers({ [own]: address, ...(forwarded === undefined ? {} : { "x-forwarded-for": forwarded }) });

describe("whose request it is", () => {
  test("is told by the connection; what a caller claims counts for nothing", () => {
    expect(clientNetwork(headers("203.0.113.9", "198.51.100.1"), 0)).toBe("203.0.113.9");
  });

  test("is told by the outermost trusted proxy, not by what stands before it", () => {
    expect(clientNetwork(headers("127.0.0.1", "6.6.6.6, 203.0.113.9"), 1)).toBe("203.0.113.9");
    expect(clientNetwork(headers("127.0.0.1", "6.6.6.6, 203.0.113.9, 10.0.0.2"), 2)).toBe("203.0.113.9");
    expect(clientNetwork(headers("127.0.0.1"), 1)).toBe("127.0.0.1");
  });

  test.each([
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"], ["2001:db8:1:2::9", "2001:db8:1:2"], ["2001:db8::1", "2001:db8:0:0"], ["::1", "0:0:0:0"],
    ["::ffff:203.0.113.9", "203.0.113.9"], ["fe80::1%eth0", "fe80:0:0:0"],
  ])("%s is of the network %s", (address, network) => {
    expect(clientNetwork(headers(address), 0)).toBe(network);
  });

  test("is this machine's only when no proxy of it passes others' requests on", () => {
    expect(isLoopback(headers("::1", "::1"), 0)).toBe(true);
    expect(isLoopback(headers("127.0.0.1"), 0)).toBe(true);
    expect(isLoopback(headers("127.0.0.1", "203.0.113.9"), 0)).toBe(false);
    expect(isLoopback(headers("203.0.113.9"), 0)).toBe(false);
  });
});

test.each([["/a%20b", true], ["/%C3%A9?x=%E2%9C%93", true], ["/%", false], ["/%zz", false], ["/x?y=%ff%fe", false]])("the address %s can be read: %s", (url, readable) => {
  expect(isReadable(url)).toBe(readable);
});
