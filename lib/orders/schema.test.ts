import { describe, expect, test } from "vitest";
import { quoteAnswerSchema, quoteRequestSchema } from "@/lib/orders/schema";

const address = `0x${"ab".repeat(20)}`;
const request = { releases: ["79228162514264337593543950337"], buyer: address, reader: address };

describe("what is asked for a quote", () => {
  test("big ids survive as decimal text", () => {
    expect(quoteRequestSchema.parse(request).releases).toEqual([2n ** 96n + 1n]);
  });

  test.each([
    ["no release", { ...request, releases: [] }],
    ["too many releases", { ...request, releases: Array.from({ length: 2_001 }, () => "1") }],
    ["a negative id", { ...request, releases: ["-1"] }],
    ["an id that is a number", { ...request, releases: [1] }],
    ["an address that is too short", { ...request, buyer: "0x12" }],
    ["no reader", { releases: ["1"], buyer: address }],
  ])("%s is refused", (_, body) => {
    expect(quoteRequestSchema.safeParse(body).success).toBe(false);
  });
});

test("an answer's amount is read as a whole number of token units", () => {
  const word = `0x${"cd".repeat(32)}`;
  const quote = { orderId: word, buyer: address, reader: address, releasesHash: word, token: address, amount: "5000000", deadline: 1 };
  expect(quoteAnswerSchema.parse({ quote, signature: `0x${"ef".repeat(65)}` }).quote.amount).toBe(5_000_000n);
  expect(quoteAnswerSchema.safeParse({ quote: { ...quote, amount: "5.00" }, signature: `0x${"ef".repeat(65)}` }).success).toBe(false);
});
