/** Runs tasks one after the other, in the order in which they were given. A task's failure is its caller's alone. */
export type Mutex = {
  run<Value>(task: () => Promise<Value>): Promise<Value>;
};

export function createMutex(): Mutex {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run: (task) => {
      const result = last.then(task);
      last = result.catch(() => undefined); // the caller has the failure; the next task starts all the same
      return result;
    },
  };
}
