import { describe, expect, test, vi } from "vitest";
import { withPatience } from "@/lib/fhe/gateway/patience";
import { AppError } from "@/lib/kernel/errors";

const later = new AppError("relayer.unreachable", "later", { details: { retryable: true } });
const never = new AppError("fhe.not-allowed", "never");

describe("asking the relayer", () => {
  test("goes on until it answers", async () => {
    const task = vi.fn<() => Promise<number>>().mockRejectedValueOnce(later).mockRejectedValueOnce(later).mockResolvedValue(7);
    const onWait = vi.fn();
    expect(await withPatience(task, { what: "try", pauseMs: 1, onWait })).toBe(7);
    expect(onWait).toHaveBeenCalledTimes(2);
  });

  test("stops at a refusal", async () => {
    const task = vi.fn<() => Promise<number>>().mockRejectedValue(never);
    await expect(withPatience(task, { what: "try", pauseMs: 1 })).rejects.toBe(never);
    expect(task).toHaveBeenCalledTimes(1);
  });

  test("stops when patience is at an end", async () => {
    const task = vi.fn<() => Promise<number>>().mockRejectedValue(later);
    await expect(withPatience(task, { what: "try", pauseMs: 1, patienceMs: -1 })).rejects.toBe(later);
  });

  test("stops at once when cancelled, with the reason of the cancelling", async () => {
    const controller = new AbortController();
    const task = vi.fn<() => Promise<number>>().mockImplementation(() => {
      controller.abort(new Error("closed by the user"));
      return Promise.reject(later);
    });
    await expect(withPatience(task, { what: "try", pauseMs: 60_000, signal: controller.signal })).rejects.toThrow("closed by the user");
  });
});
