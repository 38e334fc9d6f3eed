/** Does a client's piece of work, begun now; ends when it is done. */
export type DoPiece = (client: number) => Promise<void>;

/** Who is next. Instants are milliseconds since the simulation began. */
export interface Scheduler {
  arrive(client: number, pieces: number, at: number): Promise<void>;
  /** What a free invocation takes on, until it ends; null where there is nothing for it. */
  take(at: number): ((doPiece: DoPiece) => Promise<void>) | null;
  /** Whether it is at something that takes no time in the simulation. */
  isBusy?(): boolean;
}

export interface World {
  clients: number;
  /** Pieces of work that the first client has at once, as it begins. */
  whale: number;
  /** How long it is, in the mean, from one piece of any other client to its next, in milliseconds. */
  everyMs: number;
  /** How many invocations there are at once. */
  invocations: number;
  /** Milliseconds that a piece takes. */
  pieceMs: () => number;
  /** 0 to below 1. */
  random: () => number;
  /** How long it is watched. */
  untilMs: number;
}

export interface Simulated {
  /** What came and what was done, a row a piece or more: client, instant, pieces. */
  came: (readonly [client: number, at: number, pieces: number])[];
  did: (readonly [client: number, at: number, pieces: number])[];
  /** The longest that a piece of another client than the first waited to be begun, or waits as the simulation ends, in milliseconds. */
  longestWaitMs: number;
}

/** Runs a world through a scheduler, in a time of its own: `clock` says how late it is. */
export async function simulate(world: World, scheduler: Scheduler, clock = { at: 0 }): Promise<Simulated> {
  const events: { at: number; happens: () => void | Promise<void> }[] = [];
  const plan = (at: number, happens: () => void | Promise<void>) => {
    let place = events.length;
    while (place > 0 && (events[place - 1]?.at ?? 0) <= at) place--;
    events.splice(place, 0, { at, happens });
  };
  const found: Simulated = { came: [], did: [], longestWaitMs: 0 };
  /** When each client's pieces came that are not begun, the first first. */
  const waiting: number[][] = Array.from({ length: world.clients }, () => []);
  let free = world.invocations;
  let failed: { error: unknown } | undefined;

  const waited = (since: readonly number[], at: number): void => {
    for (const came of since) found.longestWaitMs = Math.max(found.longestWaitMs, at - came);
  };
  const doPiece: DoPiece = (client) => {
    const since = waiting[client]?.splice(0, 1) ?? [];
    if (client > 0) waited(since, clock.at);
    return new Promise((resolve) => {
      plan(clock.at + world.pieceMs(), () => {
        found.did.push([client, clock.at, 1]);
        resolve();
      });
    });
  };
  /** Until all that is under way waits for a later instant. */
  const settle = async (): Promise<void> => {
    do await new Promise((resolve) => setTimeout(resolve, 0));
    while (scheduler.isBusy?.());
  };
  const fill = (): void => {
    for (let work = free > 0 ? scheduler.take(clock.at) : null; work; work = free > 0 ? scheduler.take(clock.at) : null) {
      free--;
      work(doPiece).then(
        () => void free++,
        (error: unknown) => (failed = { error }),
      );
    }
  };
  const arrive = (client: number, pieces: number, when: number): void =>
    plan(when, () => {
      found.came.push([client, clock.at, pieces]);
      for (let piece = 0; piece < pieces; piece++) waiting[client]?.push(clock.at);
      return scheduler.arrive(client, pieces, clock.at);
    });
  arrive(0, world.whale, 0);
  for (let client = 1; client < world.clients; client++) {
    const next = () => -Math.log(1 - world.random()) * world.everyMs;
    for (let at = next(); at < world.untilMs; at += next()) arrive(client, 1, at);
  }
  for (let next = events.pop(); next && next.at < world.untilMs; next = events.pop()) {
    clock.at = next.at;
    await next.happens();
    await settle();
    fill();
    await settle();
    if (failed) throw failed.error;
  }
  waited(waiting.slice(1).flat(), world.untilMs);
  return found;
}
