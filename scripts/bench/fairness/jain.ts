import type { Simulated } from "./simulate.ts";

/** Jain's index of shares: 1 where all are equal, 1/n where one has all. 1 of none. Jain, Chiu, Hawe 1984. */
export function jain(shares: readonly number[]): number {
  const sum = shares.reduce((all, share) => all + share, 0);
  const squares = shares.reduce((all, share) => all + share ** 2, 0);
  return squares === 0 ? 1 : sum ** 2 / (shares.length * squares);
}

const stepMs = 1_000;

/**
 * The lowest index of any five minutes, looked at each minute: of what each client had done, as a share of what it would have had, had what
 * was done in each second been shared equally among all who waited then. Of clients that would have had at least a piece.
 */
export function lowestJain({ came, did }: Simulated, { clients, untilMs }: { clients: number; untilMs: number }): number {
  const steps = Math.floor(untilMs / stepMs);
  const perStep = (rows: Simulated["came"]) => {
    const sums = Array.from({ length: steps }, () => new Map<number, number>());
    for (const [client, at, pieces] of rows) {
      const step = sums[Math.floor(at / stepMs)];
      step?.set(client, (step.get(client) ?? 0) + pieces);
    }
    return sums;
  };
  const [arrivals, services] = [perStep(came), perStep(did)];
  const waiting = new Map<number, number>();
  const ideal = arrivals.map((arrived, step) => {
    for (const [client, pieces] of arrived) waiting.set(client, (waiting.get(client) ?? 0) + pieces);
    const total = [...(services[step]?.values() ?? [])].reduce((all, pieces) => all + pieces, 0);
    const given = sharedEqually(waiting, total);
    for (const [client, pieces] of given) {
      const left = (waiting.get(client) ?? 0) - pieces;
      if (left > 1e-9) waiting.set(client, left);
      else waiting.delete(client);
    }
    return given;
  });
  let lowest = 1;
  for (let from = 0; from + 300 <= steps; from += 60) {
    const sum = (rows: readonly ReadonlyMap<number, number>[], client: number) =>
      rows.slice(from, from + 300).reduce((all, row) => all + (row.get(client) ?? 0), 0);
    const shares = Array.from({ length: clients }, (_, client) => [sum(services, client), sum(ideal, client)] as const);
    lowest = Math.min(lowest, jain(shares.flatMap(([had, due]) => (due >= 1 ? [had / due] : []))));
  }
  return lowest;
}

/** So much among those who wait, each an equal part, and none more than it waits for. */
function sharedEqually(waiting: ReadonlyMap<number, number>, total: number): Map<number, number> {
  const given = new Map<number, number>();
  let left = total;
  const smallestFirst = [...waiting].sort(([, a], [, b]) => a - b);
  for (const [place, [client, wanted]] of smallestFirst.entries()) {
    const part = Math.min(wanted, left / (smallestFirst.length - place));
    given.set(client, part);
    left -= part;
  }
  return given;
}
