/** A client's pieces of work that are done side by side, and end together. */
export interface Turn {
  client: number;
  pieces: number;
}

/** Who is next. Instants are milliseconds since the simulation began. */
export interface Scheduler {
  arrive(client: number, pieces: number, at: number): Promise<void>;
  /** What a free invocation takes on; nothing where there is nothing for it. */
  take(at: number): Promise<Turn[]>;
  /** A turn's work is done; answers how much more of it goes on in the same invocation. */
  done(turn: Turn, at: number): Promise<number>;
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

/** Runs a world through a scheduler, in a time of its own. */
export async function simulate(world: World, scheduler: Scheduler): Promise<Simulated> {
  const events: { at: number; happens: (at: number) => Promise<void> }[] = [];
  const plan = (at: number, happens: (at: number) => Promise<void>) => {
    let place = events.length;
    while (place > 0 && (events[place - 1]?.at ?? 0) <= at) place--;
    events.splice(place, 0, { at, happens });
  };
  const found: Simulated = { came: [], did: [], longestWaitMs: 0 };
  /** When each client's pieces came that are not begun, the first first. */
  const waiting: number[][] = Array.from({ length: world.clients }, () => []);
  let free = world.invocations;

  const waited = (since: readonly number[], at: number): void => {
    for (const came of since) found.longestWaitMs = Math.max(found.longestWaitMs, at - came);
  };
  const begin = ({ client, pieces }: Turn, at: number): number => {
    const since = waiting[client]?.splice(0, pieces) ?? [];
    if (client > 0) waited(since, at);
    return Math.max(...Array.from({ length: pieces }, world.pieceMs));
  };
  const fill = async (at: number): Promise<void> => {
    while (free > 0) {
      const turns = (await scheduler.take(at)).filter(({ pieces }) => pieces > 0);
      if (turns.length === 0) return;
      free--;
      let left = turns.length;
      const work = (turn: Turn, from: number): void =>
        plan(from + begin(turn, from), async (end) => {
          found.did.push([turn.client, end, turn.pieces]);
          const more = await scheduler.done(turn, end);
          if (more > 0) return work({ ...turn, pieces: more }, end);
          if (--left === 0) free++;
          await fill(end);
        });
      for (const turn of turns) work(turn, at);
    }
  };
  const arrive = (client: number, pieces: number, when: number): void =>
    plan(when, async (at) => {
      found.came.push([client, at, pieces]);
      for (let piece = 0; piece < pieces; piece++) waiting[client]?.push(at);
      await scheduler.arrive(client, pieces, at);
      await fill(at);
    });
  arrive(0, world.whale, 0);
  for (let client = 1; client < world.clients; client++) {
    const next = () => -Math.log(1 - world.random()) * world.everyMs;
    for (let at = next(); at < world.untilMs; at += next()) arrive(client, 1, at);
  }
  for (let next = events.pop(); next && next.at < world.untilMs; next = events.pop()) await next.happens(next.at);
  waited(waiting.slice(1).flat(), world.untilMs);
  return found;
}
