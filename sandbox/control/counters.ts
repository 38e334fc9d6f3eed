/** How often each family was renewed, and how often a renewal of it was refused. */
export interface RefreshCount {
  provider: string;
  account: string;
  rotated: number;
  refused: number;
}

/** Counts of what reached the sandbox; in memory, since they are for the test that is running. */
export interface Counters {
  /** Counted when it is decided: whoever asked may be gone before the reply. */
  strike(kind: string, effect: string): void;
  call(provider: string, path: string, account: string | null, status: number): void;
  refresh(grantId: string, provider: string, account: string, outcome: "rotated" | "refused"): void;
  read(): {
    calls: { provider: string; path: string; account: string | null; count: number; statuses: Record<string, number> }[];
    refreshes: Record<string, RefreshCount>;
    /** By the kind of call, then by the effect. */
    strikes: Record<string, Record<string, number>>;
  };
  reset(): void;
}

export function openCounters(): Counters {
  type Line = ReturnType<Counters["read"]>["calls"][number];
  const calls = new Map<string, Line>();
  const refreshes = new Map<string, RefreshCount>();
  const strikes = new Map<string, Record<string, number>>();
  return {
    strike(kind, effect) {
      const line = strikes.get(kind) ?? {};
      line[effect] = (line[effect] ?? 0) + 1;
      strikes.set(kind, line);
    },
    call(provider, path, account, status) {
      const key = `${provider} ${path} ${account}`;
      const line = calls.get(key) ?? { provider, path, account, count: 0, statuses: {} };
      line.count += 1;
      line.statuses[status] = (line.statuses[status] ?? 0) + 1;
      calls.set(key, line);
    },
    refresh(grantId, provider, account, outcome) {
      const line = refreshes.get(grantId) ?? { provider, account, rotated: 0, refused: 0 };
      line[outcome] += 1;
      refreshes.set(grantId, line);
    },
    read: () => ({ calls: [...calls.values()], refreshes: Object.fromEntries(refreshes), strikes: Object.fromEntries(strikes) }),
    reset() {
      calls.clear();
      refreshes.clear();
      strikes.clear();
    },
  };
}
