/**
 * Does things in groups of at most `most`: while one group is under way the next gathers, and what comes in the same turn of the event loop
 * goes together. Nobody waits for another who is not ready. What is answered resolves or rejects as `work` on its group does.
 */
export function grouped<T>(work: (group: readonly T[]) => Promise<void>, most: number): (item: T) => Promise<void> {
  let waiting: { item: T; resolve(): void; reject(error: unknown): void }[] = [];
  let working = false;

  async function drain(): Promise<void> {
    working = true;
    await new Promise((resolve) => setTimeout(resolve, 0));
    while (waiting.length > 0) {
      const group = waiting.slice(0, most);
      waiting = waiting.slice(most);
      await work(group.map(({ item }) => item)).then(
        () => group.forEach(({ resolve }) => void resolve()),
        (error: unknown) => group.forEach(({ reject }) => void reject(error)),
      );
    }
    working = false;
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!working) void drain();
    });
}
