const patienceMs = 60_000;

/** Milliseconds from the start of `start` until `isDone`, which is asked all the time. */
export async function timed(start: () => Promise<void>, isDone: () => Promise<boolean>): Promise<number> {
  const from = performance.now();
  await start();
  while (!(await isDone())) {
    if (performance.now() - from > patienceMs) throw new Error("it did not end");
    await new Promise((next) => setTimeout(next, 25));
  }
  return performance.now() - from;
}
