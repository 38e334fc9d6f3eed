/** The connections that an invocation may have open at a time. */
export interface Slots {
  /** Does something that opens one connection to this host, once one is free. Throws the signal's reason where that ends the wait. */
  hold<T>(host: string, use: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

/** So many may wait for their headers at once in one invocation (developers.cloudflare.com, Workers / Limits). Beyond them the platform lets calls wait with their time running. */
export const mostOpen = 6;

interface Waiting {
  host: string;
  begin(): void;
}

/**
 * Hands out an invocation's connections. A free one goes to the host that has the fewest open, and there to who came first: a provider
 * that hangs does not keep the others' calls waiting behind its own.
 */
export function createSlots(most = mostOpen): Slots {
  const open = new Map<string, number>();
  const waiting: Waiting[] = [];
  const openTo = (host: string) => open.get(host) ?? 0;
  let taken = 0;

  const take = (host: string): void => {
    taken++;
    open.set(host, openTo(host) + 1);
  };
  const free = (host: string): void => {
    taken--;
    if (openTo(host) > 1) open.set(host, openTo(host) - 1);
    else open.delete(host);
    const fewest = Math.min(...waiting.map((each) => openTo(each.host)));
    const place = waiting.findIndex((each) => openTo(each.host) === fewest);
    waiting.splice(place, place < 0 ? 0 : 1)[0]?.begin();
  };
  const wait = (host: string, signal: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const onAbort = () => {
        waiting.splice(waiting.indexOf(own), 1);
        reject(signal?.reason);
      };
      const own: Waiting = {
        host,
        begin: () => {
          signal?.removeEventListener("abort", onAbort);
          take(host);
          resolve();
        },
      };
      if (taken < most) return own.begin();
      waiting.push(own);
      signal?.addEventListener("abort", onAbort, { once: true });
    });

  return {
    async hold(host, use, signal) {
      await wait(host, signal);
      try {
        return await use();
      } finally {
        free(host);
      }
    },
  };
}
