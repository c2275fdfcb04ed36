import { expect, test } from "vitest";
import { judge, type Evidence } from "@/scripts/kill-test/verdict";

function evidence(rows: readonly [address: string, counted: number, state: string | undefined][]): Evidence {
  return {
    taken: new Map(rows.map(([address]) => [address, `id-${address}`])),
    onChain: new Map(rows.filter(([, counted]) => counted > 0).map(([address, counted]) => [address, counted])),
    states: new Map(rows.flatMap(([address, , state]) => (state === undefined ? [] : [[`id-${address}`, state]]))),
  };
}

test("counted once and refused are what was promised", () => {
  expect(judge(evidence([["a", 1, "accepted"], ["b", 0, "refused"]]))).toEqual({ taken: 2, accepted: 1, refused: 1, lost: 0, doubled: 0, misreported: 0 });
});

test.each([["queued"], ["batched"], ["stalled"], ["accepted"], [undefined]])("one that is nowhere on chain and said to be %s is lost", (state) => {
  expect(judge(evidence([["a", 0, state]]))).toMatchObject({ lost: 1, doubled: 0 });
});

test("one that the chain counts twice is doubled", () => {
  expect(judge(evidence([["a", 2, "accepted"]]))).toMatchObject({ lost: 0, doubled: 1 });
});

test("one that is counted and reported as refused is doubled: its sender may send again", () => {
  expect(judge(evidence([["a", 1, "refused"]]))).toMatchObject({ doubled: 1, misreported: 1 });
});

test("one that is counted and not said to be is misreported", () => {
  expect(judge(evidence([["a", 1, "batched"]]))).toMatchObject({ lost: 0, doubled: 0, misreported: 1 });
});

test("one that nobody sent is one too many", () => {
  const { taken, states } = evidence([["a", 1, "accepted"]]);
  expect(judge({ taken, states, onChain: new Map([["a", 1], ["x", 1]]) })).toMatchObject({ doubled: 1 });
});
