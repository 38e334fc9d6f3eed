import { expect, test } from "vitest";
import { createSlots } from "#server/slots.ts";

const aMoment = () => new Promise((resolve) => setTimeout(resolve, 0));

/** Slots, and what is open and was begun through them. */
function makeRoom(most?: number) {
  const slots = createSlots(most);
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  let [open, mostSeen] = [0, 0];
  return {
    slots,
    begun,
    mostSeen: () => mostSeen,
    begin: (name: string, host: string, signal?: AbortSignal) =>
      slots.hold(
        host,
        async () => {
          begun.push(name);
          mostSeen = Math.max(mostSeen, ++open);
          await new Promise<void>((resolve) => void ends.set(name, resolve));
          open--;
        },
        signal,
      ),
    async end(name: string) {
      await aMoment();
      ends.get(name)?.();
      await aMoment();
    },
  };
}

test("of a hundred calls at once six are open, and all are done", async () => {
  const slots = createSlots();
  let [open, most, done] = [0, 0, 0];
  const call = async () => {
    most = Math.max(most, ++open);
    await new Promise((resolve) => setTimeout(resolve, 1));
    open--;
    done++;
  };
  await Promise.all(Array.from({ length: 100 }, (_, at) => slots.hold(`host-${at % 3}`, call)));
  expect([most, done, open]).toEqual([6, 100, 0]);
});

test("a free connection goes to the host with the fewest open, so that one that hangs keeps nobody else's calls behind its own", async () => {
  const room = makeRoom(2);
  const all = ["hung-1", "hung-2", "hung-3", "other-1", "other-2"].map((name) => room.begin(name, name.split("-")[0] ?? ""));
  await room.end("hung-1");
  expect(room.begun).toEqual(["hung-1", "hung-2", "other-1"]);
  await room.end("other-1");
  expect(room.begun.at(-1)).toBe("other-2");
  for (const name of ["other-2", "hung-2", "hung-3"]) await room.end(name);
  await Promise.all(all);
  expect(room.mostSeen()).toBe(2);
});

test("what fails gives its connection back, and whoever's time is up before its turn is begun no more", async () => {
  const room = makeRoom(1);
  const first = room.begin("first", "a");
  const late = new AbortController();
  const waits = room.begin("late", "a", late.signal);
  late.abort(new Error("too late"));
  await expect(waits).rejects.toThrow("too late");
  await expect(room.begin("never", "a", late.signal)).rejects.toThrow("too late");
  await room.end("first");
  await first;
  const failing = () => Promise.reject(new Error("fails"));
  await expect(room.slots.hold("a", failing)).rejects.toThrow("fails");
  const next = room.begin("next", "a");
  await room.end("next");
  await next;
  expect(room.begun).toEqual(["first", "next"]);
});
