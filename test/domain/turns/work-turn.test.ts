import { expect, test } from "vitest";
import { createPlaces, type Places } from "#server/domain/turns/places.ts";
import { workTurn } from "#server/domain/turns/work-turn.ts";

const share = { atOnce: 4, floor: 1 };

/** A turn of a client of whom so many pieces are due, each of which ends when it is told to; `seen` is what happened. */
function beginTurn({ due, places, beside = 0 }: { due: number; places: Places; beside?: number }) {
  const clock = { at: 0 };
  const seen: string[] = [];
  const open: (() => void)[] = [];
  let left = due;
  const ended = workTurn({
    ...{ places, beside, now: () => clock.at },
    async claim(most) {
      const taken = Math.min(most, left);
      left -= taken;
      seen.push(`${taken} of ${most}`);
      return Array.from({ length: taken }, (_, piece) => piece);
    },
    work: () => new Promise<void>((resolve) => open.push(resolve)),
    end: async (more) => void seen.push(more === undefined ? "end" : `another beside ${more}`),
  });
  const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
  return {
    ...{ clock, ended, settle },
    /** What happened since it was last asked. */
    seen: async () => {
      await settle();
      return seen.splice(0);
    },
    running: () => open.length,
    async finish(count: number) {
      for (const end of open.splice(0, count)) end();
      await settle();
    },
  };
}

test("who is alone has all places, is followed by another at once, and claims again as soon as half of them are free", async () => {
  const turn = beginTurn({ due: 7, places: createPlaces(1, share) });
  expect(await turn.seen()).toEqual(["4 of 4", "another beside 1"]);
  await turn.finish(1);
  expect(await turn.seen()).toEqual([]);
  await turn.finish(1);
  expect([await turn.seen(), turn.running()]).toEqual([["2 of 2"], 4]);
  await turn.finish(2);
  expect(await turn.seen()).toEqual(["1 of 2"]);
  await turn.finish(3);
  expect(await turn.seen()).toEqual(["end"]);
  await turn.ended;
});

test("a place that one does not need is taken by who of the same batch has more, whoever began first", async () => {
  const places = createPlaces(2, share);
  const many = beginTurn({ due: 9, places });
  const few = beginTurn({ due: 1, places });
  expect([await many.seen(), await few.seen()]).toEqual([["2 of 2", "another beside 1"], ["1 of 2"]]);
  await many.finish(1);
  expect([await many.seen(), many.running()]).toEqual([["2 of 2"], 3]);
  await few.finish(1);
  expect(await few.seen()).toEqual(["end"]);
  await many.finish(2);
  expect([await many.seen(), many.running()]).toEqual([["3 of 3"], 4]);
});

test("a turn goes on for two seconds, in a full batch for one; what it began is waited for, and its places are free for others", async () => {
  for (const [turns, ms] of [
    [1, 2_000],
    [4, 1_000],
  ] as const) {
    const places = createPlaces(turns, share);
    const turn = beginTurn({ due: 50, places });
    await turn.seen();
    turn.clock.at = ms - 1;
    await turn.finish(places.share);
    expect(await turn.seen()).toEqual([`${places.share} of ${places.share}`]);
    turn.clock.at = ms;
    await turn.finish(places.share);
    expect([await turn.seen(), places.take()]).toEqual([["end"], places.share]);
  }
});

test("while there is room a client has three turns side by side at most, in a full batch one", async () => {
  const follows = async (turns: number, beside: number) => {
    const turn = beginTurn({ due: 9, places: createPlaces(turns, share), beside });
    return (await turn.seen()).filter((line) => line.startsWith("another"));
  };
  expect(await Promise.all([follows(3, 0), follows(3, 1), follows(3, 2), follows(4, 0)])).toEqual([
    ["another beside 1"],
    ["another beside 2"],
    [],
    [],
  ]);
});

test("a claim that fails is told when what is under way has ended, and ends no turn: its message comes again", async () => {
  const places = createPlaces(1, share);
  const ends: (() => void)[] = [];
  let claims = 0;
  const seen: string[] = [];
  const failed = workTurn({
    ...{ places, beside: 2, now: () => 0 },
    claim: async (most) => {
      if (++claims > 1) throw new Error("D1 is away");
      return Array.from({ length: most }, (_, piece) => piece);
    },
    work: (piece) => (piece < 2 ? Promise.resolve() : new Promise<void>((resolve) => ends.push(resolve))),
    end: async () => void seen.push("end"),
  }).catch((error: Error) => seen.push(error.message));
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect(seen).toEqual([]);
  for (const end of ends) end();
  await failed;
  expect(seen).toEqual(["D1 is away"]);
});
