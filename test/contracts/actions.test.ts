import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { locales } from "#db/words/locales.ts";
import type { ActionKind } from "#server/catalog/actions/action.ts";
import { looksPersonal } from "#server/catalog/actions/payload.ts";
import { actionKinds, kindOf } from "#server/catalog/actions/registry.ts";
import { findOAuthProvider } from "#server/catalog/providers/registry.ts";
import { ProviderError } from "#server/errors.ts";
import { type Case, cases } from "#test/catalog/actions/cases.ts";
import { doingOf, effectsAt } from "#test/catalog/actions/doing.ts";
import { control, hurry } from "#test/domain/connecting/consent.ts";

async function behave(): Promise<void> {
  await control();
  await control({ limits: false });
}
/** Every write of the kind's at this account is answered so. */
const misbehave = (kind: ActionKind, at: string, effect: object) =>
  control({ faults: [{ provider: kind.need.provider, kind: "api", account: at, path: caseOf(kind).path, ...onlyWrites(kind), effect }] });
const onlyWrites = (kind: ActionKind) => (caseOf(kind).readsFirst ? { writes: true } : {});

beforeEach(() => {
  hurry();
  return behave();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await control();
});

const caseOf = ({ id }: ActionKind): Case => {
  const found = cases[id];
  if (!found) throw new Error(`test/catalog/actions/cases.ts has no case of ${id}`);
  return found;
};
/** A key opens all that it opens: there is nothing to ask for. */
const hasScopes = ({ need }: ActionKind): boolean => need.scopes.length > 0;
const kinds = actionKinds.map((kind) => ({ id: kind.id, kind }));
const prepared = async (kind: ActionKind) => {
  const { at, payload, doing } = await caseOf(kind).prepare();
  // What was done to make it ready is no effect of its own.
  const { onTheWay = [], effect } = caseOf(kind);
  // Nor is what it does on its way to that.
  const named = onTheWay.length > 0 ? effect : undefined;
  const before = await effectsAt(at, named);
  const own = async () => {
    const others = (await effectsAt(at)).items.filter((each) => named !== undefined && ![effect, ...onTheWay].includes(each.kind));
    expect(others).toEqual([]);
    const all = await effectsAt(at, named);
    return { raw: all.raw - before.raw, effects: all.effects - before.effects, items: all.items.slice(before.items.length) };
  };
  return { at, payload: kind.payload.parse(payload), doing: await doingOf(kind, at, doing), own };
};

/** The payload with another text in place of one of its texts or names, once for each of them. */
function withText(value: unknown, text: string): unknown[] {
  if (typeof value === "string") return [text];
  if (Array.isArray(value)) {
    return value.flatMap((each, at) => withText(each, text).map((other) => value.map((kept, place) => (place === at ? other : kept))));
  }
  if (typeof value !== "object" || value === null) return [];
  const entries = Object.entries(value);
  return entries.flatMap(([name, each]) => [
    ...withText(each, text).map((other) => ({ ...value, [name]: other })),
    { ...Object.fromEntries(entries.filter(([kept]) => kept !== name)), [text]: each },
  ]);
}

test("every kind has an id of its own, by which it is found", () => {
  expect(new Set(actionKinds.map(({ id }) => id)).size).toBe(actionKinds.length);
  for (const kind of actionKinds) expect(kindOf(kind.id)).toBe(kind);
  expect(kindOf("gone")).toBeUndefined();
});

describe.each(kinds)("$id", ({ kind }) => {
  test("takes no payload that is none", async () => {
    const { payload } = await caseOf(kind).prepare();
    for (const [what, spoil] of Object.entries(caseOf(kind).wrong)) {
      expect([what, kind.payload.safeParse(spoil(payload as never)).success]).toEqual([what, false]);
    }
    for (const wrong of [null, {}, "x", []]) expect(kind.payload.safeParse(wrong).success).toBe(false);
  });

  test("takes no address and no phone number, wherever in its payload", async () => {
    const { payload } = await caseOf(kind).prepare();
    for (const text of ["dana@example.com", "+972 54-123-4567", "+33612345678", "020 7946 0958"]) {
      const spoiled = withText(payload, text);
      expect(spoiled.length).toBeGreaterThan(2);
      for (const wrong of spoiled) expect([wrong, kind.payload.safeParse(wrong).success]).toEqual([wrong, false]);
    }
  });

  test("says what it does in three languages, from its payload alone, and names nobody", async () => {
    const { payload } = await prepared(kind);
    const { sentence, fields } = kind.describe(JSON.parse(JSON.stringify(payload)));
    const texts = [kind.title, sentence, ...fields.map(({ label }) => label)];
    for (const text of texts) for (const locale of locales) expect(text[locale]).toMatch(/\S/);
    expect(new Set(locales.map((locale) => sentence[locale])).size).toBe(locales.length);
    const said = [...texts.flatMap((text) => locales.map((locale) => text[locale])), ...fields.map(({ value }) => value)];
    for (const text of said) {
      expect(text).not.toMatch(/undefined|NaN|\[object|\{\{/);
      expect([text, looksPersonal(text)]).toEqual([text, false]);
    }
    expect(fields.every(({ value }) => value !== "")).toBe(true);
  });

  test.skipIf(!hasScopes(kind))("needs permissions that its provider is asked for, and none of them at the first consent", () => {
    const { scopeSets, permissions = [] } = findOAuthProvider(kind.need.provider).oauth;
    const offered = new Set([...permissions, ...scopeSets.flatMap(({ scopes }) => scopes)]);
    expect(kind.need.scopes.filter((scope) => !offered.has(scope))).toEqual([]);
    const atFirst = new Set(scopeSets.filter((set) => set.default).flatMap(({ scopes }) => scopes));
    const writing = kind.need.scopes.filter((scope) => /write/.test(scope) && kind.need.provider !== "slack");
    expect(writing.filter((scope) => atFirst.has(scope))).toEqual([]);
  });

  test("is done once, with no more than it says that it needs, and calls nobody else", async () => {
    const { at, payload, doing, own } = await prepared(kind);
    doing.called.clear();
    if (kind.stillValid) expect(await kind.stillValid(doing, payload)).toEqual({ valid: true });
    const attempt = await kind.execute(doing, payload);
    expect(attempt).toMatchObject({ did: "done", receipt: { id: expect.any(String) } });
    expect(await own()).toMatchObject({ raw: 1, effects: 1, items: [{ kind: caseOf(kind).effect, account: at }] });
    expect([...doing.called]).toEqual([kind.need.provider]);
  });

  test.each(["502", "abort"])("leaves one effect where the reply is lost (%s) after it acted, and it is gone on with", async (how) => {
    const { at, payload, doing, own } = await prepared(kind);
    await misbehave(kind, at, { type: "reply_lost", how });
    expect(await kind.execute(doing, payload)).toMatchObject({ did: "unsure" });
    await behave();
    expect(await own()).toMatchObject({ effects: 1 });
    const again = { ...doing, triedAt: doing.now };
    if (kind.idempotency === "lookup")
      expect(await kind.lookup(again, payload)).toEqual(
        caseOf(kind).untold ? "unknown" : expect.objectContaining({ id: expect.any(String) }),
      );
    else expect(await kind.execute(again, payload)).toMatchObject({ did: "done" });
    expect(await own()).toMatchObject({ effects: 1 });
  });

  test("where it never reached the provider, it is not found there, and the next try does it", async () => {
    const { at, payload, doing, own } = await prepared(kind);
    await misbehave(kind, at, { type: "error", status: 503 });
    expect(await kind.execute(doing, payload)).toMatchObject({ did: "unsure" });
    await behave();
    expect(await own()).toMatchObject({ raw: 0 });
    const again = { ...doing, triedAt: doing.now };
    if (kind.idempotency === "lookup") expect(await kind.lookup(again, payload)).toBe(caseOf(kind).untold ? "unknown" : "absent");
    // A person says that it did not happen, where nobody else can.
    expect(await kind.execute(again, payload)).toMatchObject({ did: "done" });
    expect(await own()).toMatchObject({ effects: 1 });
  });

  test("that is limited did nothing, and says when it may be tried again", async () => {
    const { at, payload, doing, own } = await prepared(kind);
    await misbehave(kind, at, { type: "rate_limited", retryAfter: 300 });
    expect(await kind.execute(doing, payload)).toEqual({
      did: "limited",
      // Some say a second of the clock, of which one may have passed.
      retryAfterS: caseOf(kind).saysNoWhen ? undefined : (caseOf(kind).waitsS ?? expect.closeTo(300, -1)),
    });
    expect(await own()).toMatchObject({ raw: 0 });
  });

  test("with access that was taken away did nothing and says so", async () => {
    const { at, payload, doing, own } = await prepared(kind);
    await control({ revoke: [{ provider: kind.need.provider, account: at }] });
    // Where it reads first, the read says it.
    const ended = await kind.execute(doing, payload).catch((error: unknown) => error);
    const failure = ended instanceof ProviderError ? ended : (ended as { failure?: unknown }).failure;
    expect(failure).toMatchObject({ kind: "revoked" });
    expect(await own()).toMatchObject({ raw: 0 });
  });

  const writes = kind.need.scopes.some((scope) => /write/.test(scope));
  // What only reads to be done says in a test of its own what it does without.
  test.runIf(writes)("under a permission that was not given or was taken away did nothing and says so", async () => {
    const { at, payload, doing: beside } = await caseOf(kind).prepare();
    const writing = kind.need.scopes.filter((scope) => /write/.test(scope));
    const scopes = kind.need.scopes.filter((scope) => !writing.includes(scope));
    const without = await doingOf({ ...kind, need: { ...kind.need, scopes } } as ActionKind, at, beside);
    expect(await kind.execute(without, kind.payload.parse(payload))).toMatchObject({
      did: "failed",
      failure: { kind: "missing_scopes" },
    });
    expect(await effectsAt(at)).toMatchObject({ raw: 0 });
  });

  const undo = kind.undo;
  if (undo)
    test("is taken back once, however often that is asked", async () => {
      const { at, payload, doing } = await prepared(kind);
      const attempt = await kind.execute(doing, payload);
      if (attempt.did !== "done" || !undo) throw new Error(`it was ${attempt.did}`);
      for (const _ of [1, 2]) expect(await undo(doing, payload, attempt.receipt)).toMatchObject({ did: "done" });
      expect(await effectsAt(at, caseOf(kind).undone)).toMatchObject({ effects: 1 });
      // Also where the provider's word of what it had done was of a shape that nobody knows.
      expect(await undo(doing, payload, { id: null })).toMatchObject({ did: expect.stringMatching(/done|failed/) });
      expect(await effectsAt(at, caseOf(kind).undone)).toMatchObject({ effects: 1 });
    });
});
