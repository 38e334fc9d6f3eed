/** Looks again every half second until there is something; throws when it did not come in time. */
export async function waitFor<T>(what: string, deadlineMs: number, look: () => Promise<T | null>): Promise<T> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (Date.now() > end) throw new Error(`${what} did not come within ${deadlineMs / 1000} s`);
    await new Promise((done) => setTimeout(done, 500));
  }
}
